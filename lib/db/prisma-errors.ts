/** Prisma's P2002: a unique constraint failed. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
