import { addressedExperiments } from './addressed.ts';
import { broadcastExperiments } from './broadcast.ts';
import { connectionExperiments } from './connections.ts';
import { echoExperiments } from './echo.ts';
import type { Experiment, GoalId } from './experiment.ts';
import { restExperiments } from './rest.ts';
import type { Scale } from './scale.ts';
import { serverlessExperiments } from './serverless.ts';

/** The experiments that the wanted goals need, with no target and no line that they do not. */
export function experimentsFor(goals: ReadonlySet<GoalId>, scale: Scale): Experiment[] {
  return allExperiments(scale)
    .map((experiment) => ({
      ...experiment,
      criteria: experiment.criteria.filter(({ goal }) => goals.has(goal)),
      targets: Object.fromEntries(
        Object.entries(experiment.targets).filter(([, needed]) => needed.some((goal) => goals.has(goal))),
      ),
    }))
    .filter(({ criteria }) => criteria.length > 0);
}

function allExperiments(scale: Scale): Experiment[] {
  return [
    ...broadcastExperiments(scale),
    ...echoExperiments(scale),
    ...addressedExperiments(scale),
    ...restExperiments(scale),
    ...serverlessExperiments(scale),
    ...connectionExperiments(scale),
  ];
}
