/* SPDX-License-Identifier: MIT
 *
 * mpnn.h - family 1: message-passing sequence design (ProteinMPNN and its relatives). MODEL.md is the contract.
 *
 *   .eqx bytes --layout, bind--> WeftModel                                        model.h
 *   WeftModel + WeftStructure --features, encoder, decoder terms--> WeftEncoding  encoding.h
 *   WeftEncoding + WeftRequest --plan--> WeftRun --sample | score | ...-->        run.h
 */
#ifndef WEFT_MPNN_H
#define WEFT_MPNN_H

#include "run.h"

#endif
