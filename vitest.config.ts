import { defineConfig } from 'vitest/config'

export default defineConfig({
  // as tsconfig's paths, for components
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    include: [
      'lib/**/*.test.ts',
      'scripts/**/*.test.ts',
      'prisma/**/*.test.ts',
      'app/**/*.test.ts',
      'components/**/*.test.ts',
    ],
    // Vitest would leave one core free, which is half of a machine with two. No file shares a folder or a port.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
