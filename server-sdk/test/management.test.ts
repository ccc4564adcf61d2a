// Management clients against the real service, with released clients: one table for both transports and all modes.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_CASES } from './support/management-cases.ts';
import { ManagementStage } from './support/management-stage.ts';

const MODES = ['Serverless', 'Default', 'Classic'] as const;
const TRANSPORTS = ['transient', 'persistent'] as const;
const COMBINATIONS = MODES.flatMap((mode) => TRANSPORTS.map((transport) => ({ mode, transport })));

describe.each(COMBINATIONS)('$transport in $mode mode', ({ mode, transport }) => {
  let stage: ManagementStage;

  beforeAll(async () => {
    stage = await ManagementStage.open(mode, transport);
  });

  afterEach(() => stage.clear());

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    expect(stage.log.lines).toEqual([]);
  });

  test.each(Object.entries(MANAGEMENT_CASES))('%s', (_name, run) => run(stage));
});
