import { describeFault } from './fault.ts'

/**
 * Why Coffer does not start and what mends it, in plain words for the terminal.
 * Errors are known by name: another copy of their class may have thrown them.
 */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return unexpected(error)
  if (error.name === 'ConfigError') return error.message
  if (isPortError(error)) return explainPort(error)
  const mend = 'mend' in error && typeof error.mend === 'string' ? error.mend : undefined
  if (mend !== undefined) return `${error.message}\n${mend}`
  return explainSystemError(error) ?? unexpected(error)
}

interface PortError extends Error {
  code: string
  port: number
}

function isPortError(error: Error): error is PortError {
  return 'syscall' in error && error.syscall === 'listen' && 'port' in error && 'code' in error
}

function explainPort({ code, port }: PortError): string {
  const choose =
    'Choose others with COFFER_CONSOLE_PORT, COFFER_OBJECT_PORT, COFFER_OSS_PORT and COFFER_COS_PORT.'
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use: another program, or another Coffer, listens there. ${choose}`
  if (code === 'EACCES')
    return `Port ${port} may not be used by this user: ports below 1024 usually need root. ${choose}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'COFFER_HOST is not an address of this machine.'
  return `Port ${port} cannot be opened (${code}). ${choose}`
}

const SYSTEM_ERRORS: Record<string, string> = {
  EACCES: 'may not be read or written by this user. Correct its owner and mode, or choose another place.',
  EPERM: 'may not be changed by this user. Correct its owner and mode, or choose another place.',
  EROFS: 'lies on a read-only disk. Choose another place with COFFER_DATA_DIR.',
  ENOSPC: 'cannot be written: the disk is full. Make room, then start again.',
  ENOTDIR: 'cannot be opened: a part of its path is a file, not a folder.',
}

function explainSystemError(error: Error): string | undefined {
  if (!('code' in error) || typeof error.code !== 'string' || !('path' in error)) return undefined
  const mend = SYSTEM_ERRORS[error.code]
  return mend && `${String(error.path)} ${mend}`
}

function unexpected(error: unknown): string {
  return `Coffer cannot start because of an error of its own; please report it:\n${describeFault(error)}`
}
