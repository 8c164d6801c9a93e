/** The built-in actions, as `uses` names them. */
export const actions = ['exercise8/container-build'] as const;
