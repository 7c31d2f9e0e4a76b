// SPDX-License-Identifier: MIT
//
// Alert.tsx - the last problem, in words.
import {clearProblem, problem} from '../state/page';

export function Alert() {
    const text = problem.value;
    return (
        <div class={text ? 'alert' : 'quiet'}>
            <p role="alert">{text}</p>
            {text && <button type="button" onClick={clearProblem}>Dismiss</button>}
        </div>
    );
}
