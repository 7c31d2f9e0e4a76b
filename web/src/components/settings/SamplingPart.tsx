// SPDX-License-Identifier: MIT
//
// SamplingPart.tsx - how many sequences, how bold, from which seed and in which order.
import {count, faults, MOST_SEQUENCES, type Order, order, presets, seed, temperature} from '../../state/settings';
import {Choice, NumberSetting} from './fields';
import {Part} from './Part';

const ORDERS = [{value: 'random', text: 'random'}, {value: 'n-to-c', text: 'first to last'}];
const ORDER_HELP: Record<Order, string> = {
    random: 'Kept residues first, the others shuffled.',
    'n-to-c': 'Along the file, kept and designed alike.'
};

export function SamplingPart() {
    const wrong = faults.value;
    return (
        <Part title="Sampling" open>
            <NumberSetting label="Sequences" value={count} fault={wrong.count} min={1} max={MOST_SEQUENCES} step={1}
                help={`${presets.count} for a first look, at most ${MOST_SEQUENCES.toLocaleString('en')}.`} />
            <NumberSetting label="Temperature" value={temperature} fault={wrong.temperature} min={0} step="any"
                help="0.05 to 0.3 is usual; higher varies more." />
            <NumberSetting label="Seed" value={seed} fault={wrong.seed} min={0} step={1} placeholder="random"
                help="The same seed gives the same sequences." />
            <Choice label="Order" value={order.value} options={ORDERS} help={ORDER_HELP[order.value]}
                onChange={(value) => { order.value = value as Order; }} />
        </Part>
    );
}
