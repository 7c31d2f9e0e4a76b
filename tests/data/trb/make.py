# SPDX-License-Identifier: MIT
#
# make.py - writes a .trb file as RFdiffusion's run_inference.py does, for 68 residues of a chain A of which 13 are a
# motif and one of those was masked (contigmap.inpaint_seq).
#
#   python3 make.py FILE.trb PROTOCOL
import pickle
import sys

import numpy as np

ref = [("_", "_")] * 10 + [("B", i) for i in np.arange(5, 13)]
ref += [("_", "_")] * 20 + [("C", i) for i in np.arange(30, 35)] + [("_", "_")] * 25
hal = [("A", i) for i in np.arange(1, 69)]
motif = [i for i, place in enumerate(ref) if place != ("_", "_")]
seen = np.array([place != ("_", "_") and place != ("B", 7) for place in ref])
record = {
    "config": {
        "inference": {"num_designs": 1, "final_step": 1, "symmetry": None, "recenter": True},
        "contigmap": {"contigs": ["10-10/B5-12/20-20/C30-34/25-25"], "inpaint_seq": ["B7"], "provide_seq": None},
        "denoiser": {"noise_scale_ca": 1, "noise_scale_frame": 0.5},
    },
    "plddt": np.linspace(0, 1, 2 * 68, dtype=np.float32).reshape(2, 68),
    "device": "CPU",
    "time": 1.5,
    "con_ref_pdb_idx": [ref[i] for i in motif],
    "con_hal_pdb_idx": [hal[i] for i in motif],
    "con_ref_idx0": np.array([4, 5, 6, 7, 8, 9, 10, 11, 30, 31, 32, 33, 34]),
    "con_hal_idx0": np.array(motif),
    "inpaint_str": np.array([place != ("_", "_") for place in ref]),
    "inpaint_seq": seen,
    "sampled_mask": ["10-10/B5-12/20-20/C30-34/25-25"],
    "mask_1d": [place != ("_", "_") for place in ref],
}
with open(sys.argv[1], "wb") as out:
    pickle.dump(record, out, protocol=int(sys.argv[2]))
