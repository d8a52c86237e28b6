import { expect, test } from 'vitest';
import { commandOf } from './keys';

const none = { altKey: false, ctrlKey: false, metaKey: false };

test.each([
  ['Escape', 'back'],
  ['Backspace', 'back'],
  ['GoBack', 'back'],
  ['PageUp', 'previous'],
  ['ChannelDown', 'next'],
  ['F', 'fullscreen'],
  ['p', 'pause'],
  ['?', 'help'],
])('%s asks for %s', (key, does) => {
  expect(commandOf({ key, ...none })).toEqual({ does });
});

test('numbers lead to views', () => {
  expect(commandOf({ key: '4', ...none })).toEqual({ does: 'view', view: 'terminals' });
});

test('what belongs to the browser, or to nobody, is left alone', () => {
  expect(commandOf({ key: 'f', ...none, ctrlKey: true })).toBeNull();
  expect(commandOf({ key: 'x', ...none })).toBeNull();
  expect(commandOf({ key: 'Enter', ...none })).toBeNull();
});
