import jsonPatch from 'fast-json-patch';
import type { PatchOperation } from '../model/plan.ts';
import type { ManagedDocument } from './document.ts';
import { naturally } from './order.ts';

/** RFC 6902 operations that turn `current` into `target`, in natural order of their paths. */
export function difference(current: ManagedDocument, target: ManagedDocument): readonly PatchOperation[] {
  return jsonPatch
    .compare(current, target)
    .flatMap((operation): readonly PatchOperation[] => {
      if (operation.op === 'remove') return [{ op: 'remove', path: operation.path }];
      if (operation.op === 'add' || operation.op === 'replace') {
        return [{ op: operation.op, path: operation.path, value: operation.value }];
      }
      throw new Error(`a diff of two documents has no ${operation.op}`);
    })
    .toSorted((a, b) => naturally(a.path, b.path));
}

/** The resource an operation belongs to: the first two steps of its path (`/sessions/auto-3`). */
export function resourceOf(operation: PatchOperation): string {
  return operation.path.split('/').slice(0, 3).join('/');
}
