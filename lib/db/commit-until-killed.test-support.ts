import { newObject, newPart } from '../store/catalog-conformance-rows.ts'
import { openDatabase } from './database.ts'
import { say } from '../say.test-support.ts'

/**
 * A process of its own that stores objects over and over, sixteen at a time, and says of each only after it was
 * acknowledged. A key has one writer, so that its last acknowledged version is known.
 */
const [dataDir, bucketId, round] = process.argv.slice(2)
const { catalog } = await openDatabase({ dataDir: dataDir! })

async function commitForEver(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const key = `w${writer}/k${i % 8}`
    const object = newObject(bucketId!, key, { size: Number(round) * 1000 + i })
    const part = newPart(object.objectId)
    await catalog.commitObject(object, [part])
    const { objectId } = object
    say(JSON.stringify({ key, objectId, blobId: part.blobId }))
  }
}

await Promise.all(Array.from({ length: 16 }, (_, writer) => commitForEver(writer)))
