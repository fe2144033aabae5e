// A bound on work that is the product of two sizes: a text that is written once and used often, by all of its uses.

export interface WorkBudget {
  /** Whether the amount is still within the bound. */
  spend(amount: number): boolean;
  readonly isExceeded: boolean;
}

export function createWorkBudget(max: number): WorkBudget {
  let spent = 0;
  return {
    spend(amount) {
      spent += amount;
      return spent <= max;
    },
    get isExceeded() {
      return spent > max;
    },
  };
}
