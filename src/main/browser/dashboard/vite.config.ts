import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const server = process.env.KURIR_URL ?? 'http://127.0.0.1:3000';

// Flat file names, hashed: the server keeps them for ever under one folder. Nothing is inlined, since the page's policy allows no data: scripts or styles.
export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  plugins: [vue()],
  resolve: { alias: { '@': `${import.meta.dirname}/src`, '@generated': `${import.meta.dirname}/generated` } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    target: 'es2023',
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { '/api': server, '/health': server } },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
