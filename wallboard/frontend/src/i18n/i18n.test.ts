import { expect, test } from 'vitest';
import { en } from './en';
import { id } from './id';

type Sentence = (...parameters: string[]) => string;

const valuesOf = (node: object): unknown[] => Object.values(node);

function paths(node: object, prefix = ''): string[] {
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? paths(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function texts(node: object): string[] {
  return valuesOf(node).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [(value as Sentence)('1', '2', '3')];
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
    valuesOf(node).flatMap((value) => {
      if (typeof value === 'function') {
        const text = (value as Sentence)('\u0001', '\u0002', '\u0003');
        return [[1, 2, 3].filter((code) => text.includes(String.fromCharCode(code)))];
      }
      return typeof value === 'object' ? parameters(value as object) : [];
    });
  expect(parameters(en)).toEqual(parameters(id));
});
