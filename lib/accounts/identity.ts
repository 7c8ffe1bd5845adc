import { StoreError } from '../errors.ts'

/** RFC 5321 §4.5.3.1.3, less the angle brackets */
export const LONGEST_EMAIL = 254
const LONGEST_NAME = 128

/** An e-mail as it is compared and stored: trimmed, lower-case. */
export function normalizedEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase()
}

/** Only the shape: whether an address exists shows when mail is sent. @throws StoreError InvalidArgument */
export function checkedEmail(email: string): string {
  const address = normalizedEmail(email)
  if (address.length <= LONGEST_EMAIL && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(address)) return address
  throw new StoreError('InvalidArgument', 'This is not an e-mail address', { field: 'email' })
}

/** The name of a person or project, or a description: one line. @throws StoreError InvalidArgument */
export function checkedName(field: string, text: string, shortest = 1, longest = LONGEST_NAME): string {
  const name = text.trim().normalize('NFC')
  const characters = [...name].length
  if (characters >= shortest && characters <= longest && !/\p{Cc}/u.test(name)) return name
  throw new StoreError(
    'InvalidArgument',
    `The ${field} has ${shortest} to ${longest} characters on one line`,
    { field },
  )
}
