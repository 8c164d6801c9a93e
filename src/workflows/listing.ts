import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';

/** How lists of workflows show a run; only what changed is written to the history. */
export class Listing {
  private listed = '';

  show({ phase, awaiting }: { readonly phase: Phase; readonly awaiting: readonly unknown[] }): void {
    const asks = awaiting.length > 0;
    if (this.listed === `${phase} ${asks}`) return;
    this.listed = `${phase} ${asks}`;
    upsertSearchAttributes([
      { key: searchAttribute.phase, value: phase },
      { key: searchAttribute.awaitingApproval, value: asks },
    ]);
  }
}
