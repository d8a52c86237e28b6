import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // The page is served at /, the hashed files under /assets/.
  base: '/',
  build: {
    // Beside the page that is served; build_hook.py lets it take that one's place in one step.
    outDir: '../static/dist.new',
    emptyOutDir: true,
    target: 'es2022',
    // An inlined font or module preload would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The palettes are held against the contrast that they promise.
  test: { css: { include: /tokens\.css/ } },
});
