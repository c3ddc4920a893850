import { createFaultList, type FaultList } from '../../groups/fault-list.ts';
import type { ChangeReader, DeclaredKind } from '../../ledger/change-reader.ts';
import type { SaidChange } from '../../ledger/core/change.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { requireJson } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { maxBody, maxMembersBody, readBody } from '../read-body.ts';
import { readQuery, trueOrFalse, wholeNumber } from '../read-query.ts';
import type { IncomingRequest } from '../request.ts';
import { validationFailed } from '../validation-failed.ts';
import { type AnswerChangeDependencies, createAnswerChange } from './answer-change.ts';

export interface ChangeEndpointDependencies extends AnswerChangeDependencies {
  readonly reader: ChangeReader;
}

const longest: { readonly [kind in DeclaredKind]: number } = {
  'put-group': maxBody,
  'delete-group': maxBody,
  'put-members': maxMembersBody,
  'patch-members': maxMembersBody,
};

/**
 * One of the routes that declare the state of the group in their path. The host has checked the key. The checks are made
 * in the order of `POST …/groups`; where changes must be signed, these routes are closed at the place of the signature.
 */
export function createChangeEndpoint(kind: DeclaredKind, dependencies: ChangeEndpointDependencies): Endpoint {
  const { callers, reader } = dependencies;
  const answerChange = createAnswerChange(dependencies);

  return createEndpoint(async (exchange) => {
    const { request } = exchange;
    const bytes = await readBody(request, { longest: longest[kind] });
    callers.signatures.refuseUncovered(request.params.connectionId ?? '');
    const { change, dryRun } = read(request, bytes);
    return answerChange(exchange, change, dryRun);
  });

  function read(request: IncomingRequest, bytes: Buffer): { change: SaidChange; dryRun: boolean } {
    const body = readContent(request, bytes);
    const faults = createFaultList();
    const { connectionId, groupId } = request.params;
    const { dryRun = false, ...query } = readChangeQuery(request.url, faults);
    const change = reader.fromRoute({ kind, connectionId, groupId, body, ...query }, faults);
    if (kind === 'delete-group' && bytes.length > 0)
      faults.add([{ in: 'body', pointer: '', keyword: 'maxLength', detail: 'must be empty' }]);
    if (change === null || !faults.isEmpty()) throw validationFailed(faults);
    return { change, dryRun };
  }

  function readContent({ headers }: IncomingRequest, bytes: Buffer): unknown {
    if (kind === 'delete-group') return undefined;
    requireJson(headers);
    return parseJson(bytes);
  }

  function readChangeQuery(url: string, faults: FaultList) {
    const common = { sequence: wholeNumber(Number.MAX_SAFE_INTEGER), dryRun: trueOrFalse };
    if (kind !== 'put-members') return readQuery(url, common, faults);
    return readQuery(url, { ...common, removals: wholeNumber(Number.MAX_SAFE_INTEGER) }, faults);
  }
}
