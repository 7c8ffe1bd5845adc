import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma downloads its schema engine when a command first asks for it, and stops where it cannot. `generate`
// asks but never runs it, so where none was downloaded a program that does nothing stands in for it.
// Whoever needs `migrate` sets PRISMA_SCHEMA_ENGINE_BINARY, or lets Prisma fetch its own.
if (!engineIsThere() && existsSync('/bin/true')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/true'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations/sqlite' },
})

function engineIsThere(): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/engines/package.json'))
  return readdirSync(folder).some((name) => name.startsWith('schema-engine-'))
}
