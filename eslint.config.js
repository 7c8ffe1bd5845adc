import js from '@eslint/js'
import next from '@next/eslint-plugin-next'
import hooks from 'eslint-plugin-react-hooks'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { walls } from './scripts/lib/walls.mjs'

const NODE_GLOBALS = Object.fromEntries(
  [
    'process',
    'console',
    'Buffer',
    'URL',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'performance',
  ].map((name) => [name, 'readonly']),
)

export default defineConfig(
  globalIgnores([
    '.next/',
    'node_modules/',
    'lib/db/generated/',
    'next-env.d.ts',
    'data/',
    'test-results/',
    '.coffer/',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Our interfaces are written as methods and implemented by closures, which nothing can unbind.
      '@typescript-eslint/unbound-method': 'off',
      // As the `this` of a test's callback and in unions of promises it says just what is meant.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Refusing control characters is what these are for.
      'no-control-regex': 'off',
      // A number in a sentence is no accident; an object would be.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `array[i]!` under noUncheckedIndexedAccess, where the loop proves it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Interfaces ask for promises where one implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      eqeqeq: 'error',
    },
  },
  {
    // These speak to the person at the terminal.
    files: ['server.ts', 'prisma/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', 'no-empty-pattern': 'off' },
  },
  {
    // They import plain JavaScript, which has no types.
    files: ['scripts/**/*.test.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['app/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}'],
    extends: [hooks.configs.flat.recommended, next.configs['core-web-vitals']],
    // Advice to the React compiler, which we do not use.
    rules: { 'react-hooks/incompatible-library': 'off' },
  },
  ...walls,
)
