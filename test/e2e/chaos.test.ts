import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alterSources } from '../chaos/alter-sources.ts';
import { runChaos } from '../chaos/run-chaos.ts';
import { shortTimes } from '../chaos/short-times.ts';
import { type StagedApp, stageApp } from '../stage-app.ts';

// `npm run chaos` does the same with more. The limits only bound a hang: a run ends as soon as all is settled.
it('loses nothing and does nothing twice while Graph fails and the host is killed', async () => {
  const report = await runChaos({
    creations: 120,
    changes: 0,
    groups: 0,
    rounds: 1,
    faulty: 0.2,
    backlog: 1_000,
    kills: [3, 40],
    killEvery: [1_000, 2_500],
    // A message of a poison queue whose handling is killed is seen again after 40 seconds.
    within: 540_000,
    seed: 7,
    say: () => undefined,
  });
  expect(report.violations).toEqual([]);
  // A fifth of the calls fails; which of the faults they get in so short a run is chance.
  const faults = Object.values(report.faults).reduce((sum, times) => sum + times, 0);
  expect(faults).toBeGreaterThanOrEqual(10);
  expect(report.audit).toMatchObject({ creations: 120, succeeded: 120, createdOnce: 120 });
});

describe('declared groups beside creations', () => {
  let app: StagedApp;
  beforeAll(async () => {
    app = await stageApp([alterSources(shortTimes)]);
  });
  afterAll(() => app.remove());

  it('become what the highest sequence says while Graph fails and the host is killed', async () => {
    const report = await runChaos({
      creations: 10,
      changes: 60,
      groups: 6,
      rounds: 2,
      faulty: 0.2,
      backlog: 1_000,
      kills: [2, 3],
      killEvery: [3_000, 7_000],
      within: 540_000,
      seed: 13,
      say: () => undefined,
      stack: { projectRoot: app.folder, storageFolder: app.storageFolder },
    });
    expect(report.violations).toEqual([]);
    expect(report.audit).toMatchObject({ creations: 10, createdOnce: 10, declaredGroups: 6 });
  });
});
