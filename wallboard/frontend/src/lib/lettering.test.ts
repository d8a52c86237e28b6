import { expect, test } from 'vitest';
import { figureScale, holidayLines, nameLines, noteScale, summaryScale } from './lettering';

test('usual figures have their full size', () => {
  expect(figureScale(91, '33/36', false)).toBe(1);
});

test('longer figures are written smaller, and the longest still legibly', () => {
  const longer = figureScale(94, '488/514', false);
  const longest = figureScale(100, '1.488/1.488', true);
  expect(longer).toBeLessThan(1);
  expect(longest).toBeLessThan(longer);
  expect(longest).toBeGreaterThan(0.5);
});

test('a long name is written smaller, the more so beside the sign of a dark terminal', () => {
  expect(nameLines('Setda', true)).toEqual({ lines: ['Setda'], scale: 1 });
  const long = nameLines('Dispendukcapil', false);
  const marked = nameLines('Dispendukcapil', true);
  expect(long.lines).toEqual(['Dispendukcapil']);
  expect(long.scale).toBeLessThan(1);
  expect(marked.scale).toBeLessThan(long.scale);
});

test('a name that would be tiny on one line stands on two, broken between words or else syllables', () => {
  expect(nameLines('Diskopukmperindag', false).lines).toEqual(['Diskopukmperindag']);
  expect(nameLines('Diskopukmperindag', true)).toEqual({ lines: ['Diskopukm-', 'perindag'], scale: 0.76 });
  expect(nameLines('Kelurahan Gunung Gedangan', false).lines).toEqual(['Kelurahan', 'Gunung Gedangan']);
  expect(nameLines('Disperumkimhubungan', true).lines).toEqual(['Disperum-', 'kimhubungan']);
});

test('the longest name is whole, and still not tiny', () => {
  const { lines, scale } = nameLines('Dinas Pekerjaan Umum dan Penataan Ruang', false);
  expect(lines.join(' ')).toBe('Dinas Pekerjaan Umum dan Penataan Ruang');
  expect(scale).toBeGreaterThan(0.6);
});

test('a name without a place to break it is one line, and whole', () => {
  expect(nameLines('BPKPDSDMPTSPXYZW', true).lines).toEqual(['BPKPDSDMPTSPXYZW']);
});

test("a holiday's name is large on one line, and a long one on two", () => {
  expect(holidayLines('Hari Raya Natal', 56)).toEqual({ lines: ['Hari Raya Natal'], size: 3.2 });
  expect(holidayLines('Hari Raya Natal', 19).lines).toEqual(['Hari Raya Natal']);
  const long = holidayLines('Hari Kemerdekaan Republik Indonesia', 19);
  expect(long.lines).toEqual(['Hari Kemerdekaan', 'Republik Indonesia']);
  expect(long.size).toBeGreaterThan(1.8);
});

test('a note of three digits has room, too', () => {
  expect(noteScale(['26 belum hadir', '1 menunggu'])).toBe(1);
  expect(noteScale(['146 belum hadir'])).toBeLessThan(1);
  expect(noteScale(['11 unaccounted'])).toBeLessThan(0.95);
  expect(noteScale([])).toBe(1);
});

/** The summary of a city: required, present, late, not yet, waiting, absent. */
function figures(...numbers: string[]) {
  const labels = [
    'Wajib hadir saat ini',
    'Hadir',
    'Terlambat',
    'Belum hadir',
    'Menunggu data',
    'Tanpa keterangan',
  ];
  return numbers.map((number, place) => ({ label: labels[place]!, number, share: place === 1 }));
}

test("a usual morning's figures have their full size", () => {
  expect(summaryScale(figures('2.968', '2.729', '3', '0', '80', '156'))).toBe(1);
  expect(summaryScale(figures('2.965', '466', '0', '2.499', '0', '0'))).toBe(1);
});

test('where many figures are long, all of them are smaller', () => {
  const crowded = summaryScale(figures('2.968', '1.029', '312', '0', '1.480', '1.122'));
  expect(crowded).toBeLessThan(1);
  expect(crowded).toBeGreaterThan(0.7);
});
