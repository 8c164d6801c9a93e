import { startRig } from './rig';
import { bareKind, measure, pipelineKind } from './approvals';

async function main(): Promise<void> {
  const rig = await startRig();
  const runs = Number(process.argv[2] ?? 1000);
  const bare = await measure(rig, bareKind(rig), 'bare', runs, 20);
  console.log(bare);
  const steady = bare.burstPerSecond / 2;
  const pipeline = await measure(rig, pipelineKind(rig), 'p', runs, steady);
  console.log(pipeline);
  await rig.stop();
}
void main();
