import { describe, expect, test, vi } from 'vitest';
import { MessageBudget } from './message-budget.ts';

describe('MessageBudget', () => {
  test('tells once that the limit is reached', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.changeLimit(3);
    budget.spend(2);
    expect(budget.isSpent).toBe(false);
    expect(onSpent).not.toHaveBeenCalled();
    budget.spend(1);
    budget.spend(5);
    expect(budget.isSpent).toBe(true);
    expect(onSpent).toHaveBeenCalledTimes(1);
  });

  test('has no limit until it is given one', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.spend(Number.MAX_SAFE_INTEGER);
    expect(budget.isSpent).toBe(false);
    expect(onSpent).not.toHaveBeenCalled();
  });

  test('tells at once when a lower limit is passed already', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.spend(10);
    budget.changeLimit(10);
    expect(onSpent).toHaveBeenCalledTimes(1);
    budget.changeLimit(11);
    expect(budget.isSpent).toBe(false);
  });

  test('tells again after a reset', () => {
    const onSpent = vi.fn();
    const budget = new MessageBudget(onSpent);
    budget.changeLimit(1);
    budget.spend(1);
    budget.reset();
    expect(budget.isSpent).toBe(false);
    budget.spend(1);
    expect(onSpent).toHaveBeenCalledTimes(2);
  });
});
