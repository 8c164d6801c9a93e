import type { FieldDrift, FieldWriter, ObjectDrift } from '../../../../contracts/cluster-changes';
import type { ReleaseDrift } from '../../../../contracts/workflows';
import { Ago } from '../../parts/ago';

/** What differs from what was deployed, field by field, and who has changed it. */
export function DriftObjects({ releases }: { readonly releases: readonly ReleaseDrift[] }) {
  return (
    <ul className="drift-objects small">
      {releases.flatMap(({ app, cluster, report }) =>
        (report?.objects ?? []).map((object) => (
          <li key={`${app} ${cluster} ${object.kind} ${object.name}`}>
            <p>
              <b className="mono">
                {object.kind}/{object.name}
              </b>{' '}
              {object.state === 'missing' ? 'is missing ' : null}
              <span className="faint">
                {app} {object.release}
                {cluster === null ? '' : ` in ${cluster}`}
              </span>{' '}
              <Fate healed={object.healed} isOurs={true} />
            </p>
            <Fields object={object} />
          </li>
        )),
      )}
    </ul>
  );
}

function Fields({ object: { fields, healed } }: { readonly object: ObjectDrift }) {
  return fields.map(({ path, expected, found, by, owned, ...field }: FieldDrift) => (
    <p key={path} className="soft">
      <span className="mono">{path}</span> is <b className="mono">{JSON.stringify(found)}</b>
      {owned || expected !== null ? (
        <>
          , not <span className="mono">{JSON.stringify(expected)}</span>
        </>
      ) : null}
      {by === null ? null : <Writer by={by} />}
      {healed ? null : <Fate healed={field.healed} isOurs={owned} />}
    </p>
  ));
}

function Writer({ by: { manager, subresource, at } }: { readonly by: FieldWriter }) {
  return (
    <>
      ; by {manager}
      {subresource === null ? '' : ` (${subresource})`}
      {at === null ? null : (
        <>
          , <Ago at={at} />
        </>
      )}
    </>
  );
}

function Fate({ healed, isOurs }: { readonly healed: boolean; readonly isOurs: boolean }) {
  if (healed) return <b className="tone-good drift-healed"> healed</b>;
  return isOurs ? null : <span className="faint"> (not ours to take away)</span>;
}
