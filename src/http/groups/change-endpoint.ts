import type { FaultList } from '../../groups/fault-list.ts';
import type { ChangeReader, DeclaredKind } from '../../ledger/change-reader.ts';
import { inTurns } from '../../shared/steps.ts';
import { admit } from '../admit.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { jsonType } from '../media-type.ts';
import { maxBody, maxMembersBody } from '../read-body.ts';
import { readQuery, trueOrFalse, wholeNumber } from '../read-query.ts';
import { type AnswerChangeDependencies, createAnswerChange, fittingChange } from './answer-change.ts';

interface ChangeEndpointDependencies extends AnswerChangeDependencies {
  readonly reader: ChangeReader;
}

const longest: { readonly [kind in DeclaredKind]: number } = {
  'put-group': maxBody,
  'delete-group': maxBody,
  'put-members': maxMembersBody,
  'patch-members': maxMembersBody,
};

/**
 * One of the routes that declare the state of the group in their path. Where changes must be signed they are closed: a
 * signature covers neither their method nor their address.
 */
export function createChangeEndpoint(kind: DeclaredKind, dependencies: ChangeEndpointDependencies): Endpoint {
  const { callers, reader, clock } = dependencies;
  const answerChange = createAnswerChange(dependencies);

  return createEndpoint(async (exchange) => {
    const { url, params } = exchange.request;
    const { connectionId, groupId } = params;
    const admitted = await admit(exchange.request, callers, {
      longest: longest[kind],
      checkSignature: ({ refuseUncovered }) => refuseUncovered(connectionId ?? ''),
      types: kind === 'delete-group' ? null : [jsonType],
      read: async (body, faults, bytes) => {
        const { dryRun = false, ...query } = readChangeQuery(url, faults);
        const input = { kind, connectionId, groupId, body, ...query };
        const change = await inTurns(reader.fromRoute(input, faults), clock);
        if (kind === 'delete-group' && bytes.length > 0)
          faults.add([{ in: 'body', pointer: '', keyword: 'maxLength', detail: 'must be empty' }]);
        return fittingChange(change, dryRun, faults);
      },
    });
    return answerChange(exchange, admitted);
  });

  function readChangeQuery(url: string, faults: FaultList) {
    const common = { sequence: wholeNumber(Number.MAX_SAFE_INTEGER), dryRun: trueOrFalse };
    if (kind !== 'put-members') return readQuery(url, common, faults);
    return readQuery(url, { ...common, removals: wholeNumber(Number.MAX_SAFE_INTEGER) }, faults);
  }
}
