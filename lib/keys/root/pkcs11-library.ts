/** What is used of pkcs11js 2, which is no dependency of Coffer: who has a token installs it (it is compiled). */
export interface Pkcs11Library {
  load(path: string): void
  close(): void
  C_Initialize(): void
  C_Finalize(): void
  C_GetSlotList(tokenPresent: boolean): Buffer[]
  C_GetTokenInfo(slot: Buffer): { label: string }
  C_GetMechanismList(slot: Buffer): number[]
  C_OpenSession(slot: Buffer, flags: number): Buffer
  C_CloseSession(session: Buffer): void
  C_Login(session: Buffer, userType: number, pin: string): void
  C_Logout(session: Buffer): void
  C_FindObjectsInit(session: Buffer, template: Attribute[]): void
  C_FindObjects(session: Buffer, maxObjectCount: number): Buffer[]
  C_FindObjectsFinal(session: Buffer): void
  C_GetAttributeValue(session: Buffer, object: Buffer, template: Attribute[]): Attribute[]
  C_GenerateKey(session: Buffer, mechanism: Mechanism, template: Attribute[]): Buffer
  C_CreateObject(session: Buffer, template: Attribute[]): Buffer
  C_DestroyObject(session: Buffer, object: Buffer): void
  C_EncryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void
  C_Encrypt(session: Buffer, data: Buffer, out: Buffer): Buffer
  C_DecryptInit(session: Buffer, mechanism: Mechanism, key: Buffer): void
  C_Decrypt(session: Buffer, data: Buffer, out: Buffer): Buffer
  C_WrapKey(session: Buffer, mechanism: Mechanism, wrappingKey: Buffer, key: Buffer, out: Buffer): Buffer
  C_UnwrapKey(
    session: Buffer,
    mechanism: Mechanism,
    unwrappingKey: Buffer,
    wrapped: Buffer,
    template: Attribute[],
  ): Buffer
}

export interface Attribute {
  type: number
  value?: boolean | number | string | Buffer
}

export interface Mechanism {
  mechanism: number
  parameter?: Buffer | { type: number; iv: Buffer; ivBits: number; aad: Buffer; tagBits: number } | null
}

export interface Pkcs11Module {
  PKCS11: new () => Pkcs11Library
  CK_PARAMS_AES_GCM_v240: number
}

export type LoadPkcs11 = () => Promise<Pkcs11Module>

/** Numbers of PKCS#11 2.40 (OASIS, "Cryptographic Token Interface Base Specification"). */
export const CKM = { AES_KEY_GEN: 0x1080, AES_GCM: 0x1087, AES_KEY_WRAP_PAD: 0x210a } as const
export const CKA = {
  CLASS: 0x0,
  TOKEN: 0x1,
  PRIVATE: 0x2,
  LABEL: 0x3,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  SENSITIVE: 0x103,
  ENCRYPT: 0x104,
  DECRYPT: 0x105,
  WRAP: 0x106,
  UNWRAP: 0x107,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
} as const
export const CKO_SECRET_KEY = 4
export const CKK = { GENERIC_SECRET: 0x10, AES: 0x1f } as const
export const CKU_USER = 1
export const CKF = { RW_SESSION: 2, SERIAL_SESSION: 4 } as const
export const CKR = {
  PIN_INCORRECT: 0xa0,
  PIN_LOCKED: 0xa4,
  USER_ALREADY_LOGGED_IN: 0x100,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const

/** The CKR_ number of a Pkcs11Error. */
export function cryptokiCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}
