export { type CommandActivitiesOptions, createCommandActivities, finishCommand, inRoom } from './command-activities';
export { withHeartbeat } from './heartbeat';
export { CommandRoom, runIsolated } from './isolated-command';
