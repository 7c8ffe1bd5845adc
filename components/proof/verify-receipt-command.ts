/** The commands of the panel; e2e runs them as they are, where the receipt was saved. */
export function verifyReceiptCommand(fingerprint: string): string {
  return `npm run verify-receipt -- receipt.json --public-key ${fingerprint}`
}

/** On the machine that has the data, or a copy of it. */
export function verifyReceiptDataCommand(fingerprint: string): string {
  return `${verifyReceiptCommand(fingerprint)} --data data`
}

export const RECEIPT_FILE = 'receipt.json'
