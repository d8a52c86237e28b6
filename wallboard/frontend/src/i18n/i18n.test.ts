import { expect, test } from 'vitest';
import { en } from './en';
import { id } from './id';

function paths(node: object, prefix = ''): string[] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? paths(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function texts(node: object): string[] {
  return Object.values(node).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [value('1', '2', '3') as string];
    return texts(value as object);
  });
}

test('Indonesian and English have the same strings', () => {
  expect(paths(en).sort()).toEqual(paths(id).sort());
});

test('no string is empty', () => {
  expect([...texts(id), ...texts(en)].filter((text) => text.trim() === '')).toEqual([]);
});

test('every parameter of an Indonesian sentence is in its English one too', () => {
  const parameters = (node: object): number[][] =>
    Object.values(node).flatMap((value) => {
      if (typeof value === 'function') {
        const text = value('\u0001', '\u0002', '\u0003') as string;
        return [[1, 2, 3].filter((code) => text.includes(String.fromCharCode(code)))];
      }
      return typeof value === 'object' ? parameters(value as object) : [];
    });
  expect(parameters(en)).toEqual(parameters(id));
});
