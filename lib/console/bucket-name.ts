/** The rules of a bucket's name, one by one, so that a form can tick them off while somebody types. */
export type BucketNameRule = 'length' | 'characters' | 'edges' | 'dots' | 'address' | 'reserved'

const CHECKS: Record<BucketNameRule, (name: string) => boolean> = {
  length: (name) => name.length >= 3 && name.length <= 63,
  characters: (name) => /^[a-z0-9.-]*$/.test(name),
  edges: (name) => /^[a-z0-9]/.test(name) && /[a-z0-9]$/.test(name),
  dots: (name) => !/\.\.|\.-|-\./.test(name),
  address: (name) => !/^\d{1,3}(\.\d{1,3}){3}$/.test(name),
  reserved: (name) =>
    !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|\.mrap|--table-s3)$/.test(name),
}

export const BUCKET_NAME_RULES = Object.keys(CHECKS) as BucketNameRule[]

/**
 * Whether a name keeps one rule of S3's general purpose buckets
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
 */
export function keepsBucketNameRule(name: string, rule: BucketNameRule): boolean {
  return CHECKS[rule](name)
}

/** The first rule a name breaks, or undefined when it may be used. */
export function bucketNameProblem(name: string): BucketNameRule | undefined {
  return BUCKET_NAME_RULES.find((rule) => !CHECKS[rule](name))
}
