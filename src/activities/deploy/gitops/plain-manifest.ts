import { type Document, isMap } from 'yaml';
import { failure } from '../../../contracts/errors';
import { containerOf } from '../kubernetes/manifest-set';
import type { Deployment } from '../kubernetes/watched-namespace';
import { textOf } from './kustomization';
import { type Edited, edit, parseFile, replaceScalar } from './yaml-edit';

/** What of an app is looked for in a manifest. */
export interface Workload {
  readonly app: string;
  readonly workload: string;
  readonly container: string | null;
  readonly image: string;
}

/** Whether a file has the Deployment. */
export function hasDeployment(text: string, file: string, workload: string): boolean {
  return parseFile(text, file).some((document) => isDeployment(document, workload));
}

/** The image of the app's container in its Deployment. */
export function editManifest(text: string, file: string, app: Workload, digest: string): Edited {
  const documents = parseFile(text, file);
  const index = documents.findIndex((document) => isDeployment(document, app.workload));
  const document = documents[index];
  if (!document) throw failure('InvalidInput', `${file} has no Deployment ${app.workload}`);
  const deployment = document.toJS() as Deployment;
  const name = containerOf(deployment, app.container, app.app);
  const containers = deployment.spec?.template?.spec?.containers ?? [];
  const path = ['spec', 'template', 'spec', 'containers', containers.findIndex((one) => one.name === name), 'image'];
  const node = document.getIn(path, true);
  const before = textOf(node);
  const value = `${app.image}@${digest}`;
  if (before === value) return { before, text };
  if (before === null) {
    throw failure('InvalidInput', `${file}: container ${name} of Deployment ${app.workload} has no image: add one`);
  }
  const splice = replaceScalar(text, node, value, `${file}: the image of container ${name}`);
  return { before, text: edit(text, file, [splice], [{ document: index, path, value }]) };
}

function isDeployment(document: Document.Parsed, workload: string): boolean {
  const { contents } = document;
  return (
    isMap(contents) &&
    textOf(contents.get('kind')) === 'Deployment' &&
    textOf(contents.getIn(['metadata', 'name'])) === workload
  );
}
