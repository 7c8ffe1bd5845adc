import type { PolicyDocument, Statement } from './model.ts'
import { principalNames } from './principals.ts'

/** Conditions that keep the world out, where they name values (S3 user guide, 'The meaning of "public"'). */
const NARROWING: ReadonlySet<string> = new Set(
  ['aws:SourceIp', 'aws:PrincipalArn', 'aws:PrincipalAccount', 'aws:userid', 'aws:username'].map((key) =>
    key.toLowerCase(),
  ),
)
const FIXING: ReadonlySet<string> = new Set([
  'StringEquals',
  'ArnEquals',
  'ArnLike',
  'StringLike',
  'IpAddress',
])

/** Does a bucket policy let anybody in? Errs on the side of yes. */
export function isPublicPolicy({ Statement: statements }: PolicyDocument): boolean {
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      statement.Principal !== undefined &&
      principalNames(statement.Principal).includes('*') &&
      !isNarrowed(statement),
  )
}

function isNarrowed({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, block]) =>
      FIXING.has(operator) &&
      Object.entries(block).some(
        ([key, values]) => NARROWING.has(key.toLowerCase()) && [values].flat().every(isFixed),
      ),
  )
}

/** A wildcard, a variable or a range as wide as the world fixes nothing. */
function isFixed(value: string): boolean {
  return !/[*?$]/.test(value) && !/\/0*[0-7]$/.test(value)
}
