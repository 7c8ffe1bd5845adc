import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts', 'prisma/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
