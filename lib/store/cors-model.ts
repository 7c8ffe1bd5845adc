/** Which pages of other origins may use a bucket (Fetch standard, "CORS protocol"; S3 user guide, "Using CORS"). */
export interface CorsConfiguration {
  /** the first that fits a request decides */
  rules: CorsRule[]
  /** answers name the header Origin in Vary even where nobody sent it (OSS, COS: ResponseVary) */
  responseVary?: boolean
}

export interface CorsRule {
  id?: string
  /** as browsers write them, with at most one `*` */
  allowedOrigins: string[]
  allowedMethods: CorsMethod[]
  /** with at most one `*`; case does not matter */
  allowedHeaders: string[]
  /** names, or patterns that are matched with the headers of an answer */
  exposeHeaders: string[]
  maxAgeSeconds?: number
}

export const CORS_METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'] as const
export type CorsMethod = (typeof CORS_METHODS)[number]
