import { MOST_DAMAGE, VERIFY_STEPS } from './verdict.ts'
import type { Damage, StepState, VerifyStep } from './verdict.ts'

/** Keeps the answers while a version is checked. A step that found damage stays failed. */
export class VerifySteps {
  readonly #states = new Map<VerifyStep, StepState>()
  readonly damage: Damage[] = []
  damageCount = 0

  set(step: VerifyStep, state: StepState): void {
    if (this.#states.get(step) !== 'failed') this.#states.set(step, state)
  }

  fail(damage: Damage): void {
    this.#states.set(damage.step, 'failed')
    this.damageCount += 1
    if (this.damage.length < MOST_DAMAGE) this.damage.push(damage)
  }

  hasFailed(step: VerifyStep): boolean {
    return this.#states.get(step) === 'failed'
  }

  list(): { step: VerifyStep; state: StepState }[] {
    return VERIFY_STEPS.map((step) => ({ step, state: this.#states.get(step) ?? 'not-checked' }))
  }
}
