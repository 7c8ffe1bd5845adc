import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import type { KmsAuthorizationAnswer } from '@/lib/console/schemas-kms-authorization'

/** Whether COS clients may have files encrypted under the project's keys, and whether this person may say so. */
export const GET = projectRoute<Record<never, string>>(async ({ caller, origin }) =>
  answer(await system().kmsAuthorization.state(caller, origin)),
)

/** The step COS_QCSRole: switches it on. */
export const POST = projectRoute<Record<never, string>>(async ({ caller, origin }) =>
  answer(await system().kmsAuthorization.authorize(caller, origin)),
)

function answer({
  authorizedAt,
  mayAuthorize,
}: {
  authorizedAt: number | undefined
  mayAuthorize: boolean
}): KmsAuthorizationAnswer {
  return { ...(authorizedAt !== undefined && { authorizedAt }), mayAuthorize }
}
