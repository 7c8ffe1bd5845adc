import { readPrivateLine } from '../root/private-file.ts'
import { StartError } from '../start-error.ts'
import { RemoteError } from './remote-cipher.ts'

/**
 * A token or an id from a file, read anew each time: agents replace them. An id that is no secret may be readable.
 * @throws RemoteError refused
 */
export async function readSecretLine(path: string, { secret = true } = {}): Promise<string> {
  try {
    const file = { what: 'credential file', path, setting: 'the setting of the key service' }
    return await readPrivateLine(secret ? file : { ...file, forbidden: 0 })
  } catch (error) {
    if (error instanceof StartError) throw new RemoteError('refused', error.message)
    throw error
  }
}
