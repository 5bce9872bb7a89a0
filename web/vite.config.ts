import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` listens (FORMATS §8); the development server passes everything else on to it. */
const NODE = 'http://localhost:8471';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1200 },
  server: {
    proxy: Object.fromEntries(
      ['/.well-known', '/orgs', '/demo', '/ledger', '/policy', '/ready', '/health'].map((path) => [
        path,
        NODE,
      ]),
    ),
  },
});
