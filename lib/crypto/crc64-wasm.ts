/**
 * A WebAssembly module for reflected CRC-64 by sixteen tables at once (Kounavis & Berry, "slicing-by-N"), written
 * out instruction by instruction: JavaScript has no fast 64-bit integers, and hashing is what limits uploads.
 *
 *   memory        exported; tables T0…T15 of 256 × 8 bytes at 0, input behind them
 *   update(crc: i64, at: i32, length: i32): i64
 */
export const INPUT_OFFSET = 16 * 256 * 8
export const MEMORY_PAGES = 9

const I32 = 0x7f
const I64 = 0x7e
const CRC = 0
const AT = 1
const LEFT = 2
const A = 3
const B = 4

const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const i32 = (value: number) => [0x41, ...signedLeb(value)]
const i64 = (value: number) => [0x42, ...signedLeb(value)]
const load64 = (offset: number) => [0x29, 3, ...unsignedLeb(offset)]
const loadByte = [0x31, 0, 0]
const [AND64, XOR64, SHR64] = [[0x83], [0x85], [0x88]]
const [ADD32, SUB32, SHL32, LT32] = [[0x6a], [0x6b], [0x74], [0x49]]
const [EQZ32, WRAP] = [[0x45], [0xa7]]
const block = (body: number[]) => [0x02, 0x40, ...body, 0x0b]
const loop = (body: number[]) => [0x03, 0x40, ...body, 0x0b]
const breakIf = (depth: number) => [0x0d, depth]
const repeat = (depth: number) => [0x0c, depth]

/** Leaves T<table>[byte `byte` of local `word`] on the stack. */
function lookUp(table: number, word: number, byte: number): number[] {
  return [
    ...get(word),
    ...i64(byte * 8),
    ...SHR64,
    ...i64(255),
    ...AND64,
    ...WRAP,
    ...i32(3),
    ...SHL32,
    ...load64(table * 2048),
  ]
}

const advance = (bytes: number) => [
  ...get(AT),
  ...i32(bytes),
  ...ADD32,
  ...set(AT),
  ...get(LEFT),
  ...i32(bytes),
  ...SUB32,
  ...set(LEFT),
]

function sixteenAtOnce(): number[] {
  const bytes = [...Array(16).keys()]
  const lookUps = bytes.flatMap((i) => [...lookUp(15 - i, i < 8 ? A : B, i % 8), ...(i > 0 ? XOR64 : [])])
  return [
    ...get(LEFT),
    ...i32(16),
    ...LT32,
    ...breakIf(1),
    ...get(AT),
    ...load64(0),
    ...get(CRC),
    ...XOR64,
    ...set(A),
    ...get(AT),
    ...load64(8),
    ...set(B),
    ...lookUps,
    ...set(CRC),
    ...advance(16),
    ...repeat(0),
  ]
}

function oneByOne(): number[] {
  return [
    ...get(LEFT),
    ...EQZ32,
    ...breakIf(1),
    ...get(CRC),
    ...get(AT),
    ...loadByte,
    ...XOR64,
    ...set(A),
    ...lookUp(0, A, 0),
    ...get(CRC),
    ...i64(8),
    ...SHR64,
    ...XOR64,
    ...set(CRC),
    ...advance(1),
    ...repeat(0),
  ]
}

/** The module's bytes (WebAssembly core specification, §5 "Binary format"). */
export function crc64Module(): Uint8Array<ArrayBuffer> {
  const body = [1, 2, I64, ...block(loop(sixteenAtOnce())), ...block(loop(oneByOne())), ...get(CRC), 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, I64, I32, I32, 1, I64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, MEMORY_PAGES]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('update'), 0, 0]),
    ...section(10, [1, ...unsignedLeb(body.length), ...body]),
  ])
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsignedLeb(content.length), ...content]
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)]
}

function unsignedLeb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)]
}

function signedLeb(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signedLeb(value >> 7)]
}
