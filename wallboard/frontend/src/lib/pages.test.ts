import { expect, test } from 'vitest';
import {
  anew,
  byOffice,
  backward,
  firstRoll,
  forward,
  gridFor,
  idsOf,
  isTooLong,
  type Lists,
  listsOf,
  nameStates,
  ordered,
  paged,
  pageOf,
  PAGES_A_TURN,
  readingSeconds,
  type Roll,
  shownOf,
  showsOffices,
} from './pages';
import type { NameRow } from './protocol';

function name(id: number, change: Partial<NameRow> = {}): NameRow {
  return {
    id,
    name: `Nama ${id}`,
    unit: 1,
    office: 'BKD',
    status: 'late',
    minutes: null,
    class: null,
    at: null,
    ...change,
  };
}

const people = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);
const lists = (change: Partial<Lists>): Lists => ({ late: [], absent: [], not_yet: [], ...change });

/** The states and pages as `count` turns show them. */
function shown(start: Roll, among: Lists, room: number, count: number): [string, readonly number[]][] {
  let roll = start;
  return Array.from({ length: count }, () => {
    roll = forward(roll, among, room, nameStates);
    return [roll.state, shownOf(roll)];
  });
}

test('a list that nobody would read to its end is too long, and one of six pages is not', () => {
  expect(isTooLong(6 * 24, 24)).toBe(false);
  expect(isTooLong(6 * 24 + 1, 24)).toBe(true);
});

test("the offices' counts are one page among those of the other lists", () => {
  const among = byOffice(lists({ late: people(1, 3), not_yet: people(10, 2_900) }));
  const turns = shown(firstRoll, among, 24, 4).map(([state]) => state);
  expect(turns).toEqual(['late', 'not_yet', 'late', 'not_yet']);
  const roll = forward(forward(firstRoll, among, 24, nameStates), among, 24, nameStates);
  expect(showsOffices(roll)).toBe(true);
  expect(pageOf(roll, among, 24)).toEqual({ page: 1, pages: 1 });
  expect(showsOffices(forward(roll, among, 24, nameStates))).toBe(false);
});

test('where nobody is on another list the counts stay', () => {
  const among = byOffice(lists({ not_yet: people(10, 2_900) }));
  expect(shown(firstRoll, among, 24, 3).map(([, page]) => page)).toEqual([[0], [0], [0]]);
});

test('a page stays about a second a name, and eight at least', () => {
  expect([1, 8, 9, 30].map(readingSeconds)).toEqual([8, 8, 9, 30]);
});

test('of the late the latest comes first; of the absent office by office, then by name', () => {
  const late = [name(1, { minutes: 3 }), name(2, { minutes: 41 }), name(3, { minutes: 41, name: 'Ani' })];
  expect(ordered(late, 'late').map(({ id }) => id)).toEqual([3, 2, 1]);
  const absent = [
    name(1, { office: 'SMPN 10', name: 'Ani' }),
    name(2, { office: 'SMPN 2', name: 'Wati' }),
    name(3, { office: 'SMPN 2', name: 'Budi' }),
  ].map((row) => ({ ...row, status: 'absent' as const }));
  expect(ordered(absent, 'absent').map(({ id }) => id)).toEqual([3, 2, 1]);
  expect(listsOf([...absent, ...late].map((row, at) => ({ ...row, id: at })))).toEqual({
    late: [5, 4, 3],
    absent: [2, 1, 0],
    not_yet: [],
  });
});

test('pages are about equally full', () => {
  expect(paged(people(1, 17), 16).map(({ length }) => length)).toEqual([9, 8]);
  expect(paged([], 16)).toEqual([]);
  expect(paged([1, 2], 0)).toEqual([[1], [2]]);
});

test('every list is shown to its end, one after the other, and then again', () => {
  const among = lists({ late: [1, 2, 3], not_yet: [8, 9] });
  expect(shown(firstRoll, among, 2, 5)).toEqual([
    ['late', [1, 2]],
    ['late', [3]],
    ['not_yet', [8, 9]],
    ['late', [1, 2]],
    ['late', [3]],
  ]);
});

test('nobody on a shown page changes places; who comes to the list is on a later page, and nobody is on two', () => {
  let roll = forward(firstRoll, lists({ late: [1, 2, 3, 4] }), 2, nameStates);
  const later = lists({ late: [9, 2, 4] });
  expect(shownOf(roll)).toEqual([1, 2]);
  roll = forward(roll, later, 2, nameStates);
  expect(shownOf(roll)).toEqual([9, 4]);
  expect(pageOf(roll, later, 2)).toEqual({ page: 2, pages: 2 });
});

test('a long list gives way to the others, and goes on where it was', () => {
  const among = lists({ late: [1], not_yet: people(100, 2 * PAGES_A_TURN) });
  const pages = shown(firstRoll, among, 1, PAGES_A_TURN + 3);
  expect(pages.slice(0, 2)).toEqual([
    ['late', [1]],
    ['not_yet', [100]],
  ]);
  expect(pages.slice(-2)).toEqual([
    ['late', [1]],
    ['not_yet', [100 + PAGES_A_TURN]],
  ]);
});

test('a long list that is alone does not wait for others', () => {
  const among = lists({ not_yet: people(1, 20) });
  expect(shown(firstRoll, among, 1, 21).map(([, page]) => page[0])).toEqual([...people(1, 20), 1]);
});

test('only the list that was asked for', () => {
  const among = lists({ late: [1, 2], absent: [5] });
  const first = forward(firstRoll, among, 10, ['absent']);
  expect([first.state, shownOf(first)]).toEqual(['absent', [5]]);
  expect(shownOf(forward(first, among, 10, ['absent']))).toEqual([5]);
});

test('one turns back over what was shown, and forward again, but not past the first page', () => {
  const among = lists({ late: [1, 2, 3] });
  let roll = firstRoll;
  for (let turn = 0; turn < 3; turn += 1) roll = forward(roll, among, 1, nameStates);
  roll = backward(backward(backward(roll)));
  expect(shownOf(roll)).toEqual([1]);
  expect(pageOf(roll, among, 1)).toEqual({ page: 1, pages: 3 });
  expect(shownOf(forward(roll, among, 1, nameStates))).toEqual([2]);
});

test('with nobody on any list there is an empty page, and it fills when somebody comes', () => {
  const none = forward(firstRoll, lists({}), 10, nameStates);
  expect(shownOf(none)).toEqual([]);
  expect(shownOf(forward(none, lists({ absent: [3] }), 10, nameStates))).toEqual([3]);
});

test('a page of another size begins the lists anew, in the same one', () => {
  const among = lists({ absent: [1, 2, 3] });
  const roll = anew(forward(firstRoll, among, 1, nameStates));
  expect([roll.state, shownOf(roll)]).toEqual(['absent', []]);
});

test('as many columns and rows as there is room for, and never none', () => {
  expect(gridFor(1800, 700, 560, 76)).toEqual({ columns: 3, rows: 9 });
  expect(gridFor(0, 0, 560, 76)).toEqual({ columns: 1, rows: 1 });
});

test('lists without an order hold the same people', () => {
  const people = [name(2, { minutes: 1 }), name(1, { minutes: 9 }), name(3, { status: 'absent' })];
  expect(idsOf(people)).toEqual({ late: [2, 1], absent: [3], not_yet: [] });
});
