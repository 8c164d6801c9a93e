// What differs in a cluster: between now and after a release (preview), or between a release and now (drift).

/** A value as JSON text would have it; null: there is none. Those of secrets are `(hidden)`, long texts are cut. */
export type FieldValue = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;

export interface FieldChange {
  /** `spec.template.spec.containers[shop].image` */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly before: FieldValue;
  readonly after: FieldValue;
}

export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** An object that others had applied, and that a release takes over. */
export interface Adoption extends ObjectName {
  /** Who owned which of the fields that are ours from then on: names of field managers, as `managedFields` has them. */
  readonly from: readonly { readonly manager: string; readonly fields: readonly string[] }[];
}

export interface ObjectChange extends ObjectName {
  readonly change: 'created' | 'changed' | 'deleted' | 'unchanged';
  /** Of a Deployment that is made beside another one: what is different in it. Null: `before` is the object itself. */
  readonly comparedWith: string | null;
  readonly fields: readonly FieldChange[];
  /** Who owns what is taken over; empty: it is ours, or nobody's. */
  readonly adoptedFrom: Adoption['from'];
}

/** What a release would change in one cluster, by the API server's own dry run. */
export interface ReleasePreview {
  readonly objects: readonly ObjectChange[];
  /** What the cluster would refuse, and why; all of it, not the first one only. */
  readonly refused: readonly string[];
  /** What could not be looked at. */
  readonly remarks: readonly string[];
}

export interface FieldWriter {
  /** Name of the field manager: kubectl's names tell the command (`kubectl-edit`, `kubectl-set`). */
  readonly manager: string;
  /** `scale` for who changed replicas by that subresource. */
  readonly subresource: string | null;
  /** ISO-8601. */
  readonly at: string | null;
}

export interface FieldDrift {
  readonly path: string;
  /** As the release has it; null: it has no such field, or its value is not known here. */
  readonly expected: FieldValue;
  readonly found: FieldValue;
  /** Null: the field was taken away, and nothing else of the object was changed by somebody who could be named. */
  readonly by: FieldWriter | null;
  /** False: others have added it, and only they can take it away. */
  readonly owned: boolean;
  readonly healed: boolean;
}

export interface ObjectDrift extends ObjectName {
  /** `missing`: somebody has deleted it. */
  readonly state: 'changed' | 'missing';
  /** The release that it belongs to. */
  readonly release: string;
  readonly fields: readonly FieldDrift[];
  readonly healed: boolean;
}

/** What differs in one cluster from the release that serves. */
export interface DriftReport {
  readonly objects: readonly ObjectDrift[];
  readonly remarks: readonly string[];
}
