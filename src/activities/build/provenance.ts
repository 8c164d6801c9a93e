import type { BuildInput } from '../../contracts/activities';

export interface ProvenanceSubject {
  readonly input: BuildInput;
  /** SHA-256 (hex) of the package, its bill of materials, and the source it was made from. */
  readonly packageSha256: string;
  readonly sbomSha256: string;
  readonly sourceSha256: string;
  /** ISO-8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** The formats: https://in-toto.io/Statement/v1 and https://slsa.dev/spec/v1.0/provenance */
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://slsa.dev/provenance/v1';
/** Names of ours, as the formats want: they identify the kind of build, and nothing is fetched from them. */
const buildType = 'https://framework0.io/build/package/v1';
const builderId = 'https://framework0.io/builders/package';

/** SLSA v1 provenance as an in-toto statement: what was made, from which source, by which commands. Not signed. */
export function provenance(subject: ProvenanceSubject): string {
  const { input } = subject;
  const statement = {
    _type: statementType,
    subject: [{ name: input.app.name, digest: { sha256: subject.packageSha256 } }],
    predicateType,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { app: input.app.name, release: input.release, commands: input.app.build },
        internalParameters: { isolation: input.isolation, node: process.version, platform: process.platform },
        resolvedDependencies: [{ name: 'source', digest: { sha256: subject.sourceSha256 } }],
      },
      runDetails: {
        builder: { id: builderId },
        metadata: { invocationId: input.key, startedOn: subject.startedAt, finishedOn: subject.finishedAt },
        byproducts: [{ name: 'sbom.cdx.json', digest: { sha256: subject.sbomSha256 } }],
      },
    },
  };
  return JSON.stringify(statement, null, 1);
}
