import { describe, expect, test, vi } from 'vitest';
import { MessageBudget } from './message-budget.ts';

describe('MessageBudget', () => {
  test('tells once that nothing is left', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.grant(3);
    budget.spend(2);
    expect(budget.isSpent).toBe(false);
    expect(onSpent).not.toHaveBeenCalled();
    budget.spend(1);
    budget.spend(5);
    expect(budget.isSpent).toBe(true);
    expect(onSpent).toHaveBeenCalledTimes(1);
  });

  test('has no end until it is given one', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.spend(Number.MAX_SAFE_INTEGER);
    expect(budget.isSpent).toBe(false);
  });

  test('tells at once when nothing is granted', () => {
    const onSpent = vi.fn();
    new MessageBudget(onSpent).grant(0);
    expect(onSpent).toHaveBeenCalledTimes(1);
  });

  test('tells again after a new grant', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.grant(1);
    budget.spend(1);
    budget.grant(1);
    budget.spend(1);
    expect(onSpent).toHaveBeenCalledTimes(2);
  });
});
