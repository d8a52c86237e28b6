import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default defineConfig(
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  // Prettier has the last word on form.
  svelte.configs.prettier,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      // The compiler knows what is defined, in components too.
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['**/*.svelte'],
    // A component of another file is `any` to ESLint. svelte-check knows its type, and what is really `any`.
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return']
        .map((use) => [`@typescript-eslint/no-unsafe-${use}`, 'off'])
        .concat([['@typescript-eslint/no-redundant-type-constituents', 'off']]),
    ),
  },
  { files: ['*.js'], extends: [ts.configs.disableTypeChecked] },
);
