import { apiRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

/** Whose signature is under receipts: a public key, for anybody. */
export const GET = apiRoute(async () => ({ ...system().receipts.publicKey }))
