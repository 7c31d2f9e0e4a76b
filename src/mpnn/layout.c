/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#define MODEL(member) offsetof(WeftModel, member)
#define ENCODER(member) offsetof(EncoderLayer, member)
#define DECODER(member) offsetof(DecoderLayer, member)

/* V node, E edge, G raw edge, P position, C classes, R radial basis, S embedding, A letters; within one layer
 * M N and U T the hidden widths of two message networks, F the feed-forward width. Blocks that a layer may lack: 2 the
 * second product of the message, f the feed-forward block, u the edge update, e its second product. MODEL.md 5. */
const Leaf layout_leaves[] = {
    {"features.embeddings.linear.weight", LEAF_FEATURES, LEAF_MATRIX, ' ', "P", "C", MODEL(position)},
    {"features.embeddings.linear.bias", LEAF_FEATURES, LEAF_BIAS, ' ', "P", "", MODEL(position)},
    {"features.edge_embedding.weight", LEAF_FEATURES, LEAF_MATRIX, ' ', "G", "PR", MODEL(edge_position)},
    {"features.norm_edges.weight", LEAF_FEATURES, LEAF_GAIN, ' ', "G", "", MODEL(norm_edges)},
    {"features.norm_edges.bias", LEAF_FEATURES, LEAF_SHIFT, ' ', "G", "", MODEL(norm_edges)},
    {"W_e.weight", LEAF_FEATURES, LEAF_MATRIX, ' ', "E", "G", MODEL(edge_project)},
    {"W_e.bias", LEAF_FEATURES, LEAF_BIAS, ' ', "E", "", MODEL(edge_project)},

    {"encoder_layers.{}.W1.weight", LEAF_ENCODER, LEAF_MATRIX, ' ', "M", "VEV", ENCODER(message_own)},
    {"encoder_layers.{}.W1.bias", LEAF_ENCODER, LEAF_BIAS, ' ', "M", "", ENCODER(message_own)},
    {"encoder_layers.{}.W2.weight", LEAF_ENCODER, LEAF_MATRIX, '2', "N", "M", ENCODER(message2)},
    {"encoder_layers.{}.W2.bias", LEAF_ENCODER, LEAF_BIAS, '2', "N", "", ENCODER(message2)},
    {"encoder_layers.{}.W3.weight", LEAF_ENCODER, LEAF_MATRIX, ' ', "V", "N", ENCODER(message3)},
    {"encoder_layers.{}.W3.bias", LEAF_ENCODER, LEAF_BIAS, ' ', "V", "", ENCODER(message3)},
    {"encoder_layers.{}.norm1.weight", LEAF_ENCODER, LEAF_GAIN, ' ', "V", "", ENCODER(norm1)},
    {"encoder_layers.{}.norm1.bias", LEAF_ENCODER, LEAF_SHIFT, ' ', "V", "", ENCODER(norm1)},
    {"encoder_layers.{}.dense.W_in.weight", LEAF_ENCODER, LEAF_MATRIX, 'f', "F", "V", ENCODER(dense_in)},
    {"encoder_layers.{}.dense.W_in.bias", LEAF_ENCODER, LEAF_BIAS, 'f', "F", "", ENCODER(dense_in)},
    {"encoder_layers.{}.dense.W_out.weight", LEAF_ENCODER, LEAF_MATRIX, 'f', "V", "F", ENCODER(dense_out)},
    {"encoder_layers.{}.dense.W_out.bias", LEAF_ENCODER, LEAF_BIAS, 'f', "V", "", ENCODER(dense_out)},
    {"encoder_layers.{}.norm2.weight", LEAF_ENCODER, LEAF_GAIN, 'f', "V", "", ENCODER(norm2)},
    {"encoder_layers.{}.norm2.bias", LEAF_ENCODER, LEAF_SHIFT, 'f', "V", "", ENCODER(norm2)},
    {"encoder_layers.{}.W11.weight", LEAF_ENCODER, LEAF_MATRIX, 'u', "U", "VEV", ENCODER(update_own)},
    {"encoder_layers.{}.W11.bias", LEAF_ENCODER, LEAF_BIAS, 'u', "U", "", ENCODER(update_own)},
    {"encoder_layers.{}.W12.weight", LEAF_ENCODER, LEAF_MATRIX, 'e', "T", "U", ENCODER(update2)},
    {"encoder_layers.{}.W12.bias", LEAF_ENCODER, LEAF_BIAS, 'e', "T", "", ENCODER(update2)},
    {"encoder_layers.{}.W13.weight", LEAF_ENCODER, LEAF_MATRIX, 'u', "E", "T", ENCODER(update3)},
    {"encoder_layers.{}.W13.bias", LEAF_ENCODER, LEAF_BIAS, 'u', "E", "", ENCODER(update3)},
    {"encoder_layers.{}.norm3.weight", LEAF_ENCODER, LEAF_GAIN, 'u', "E", "", ENCODER(norm3)},
    {"encoder_layers.{}.norm3.bias", LEAF_ENCODER, LEAF_SHIFT, 'u', "E", "", ENCODER(norm3)},
    {NULL, LEAF_ENCODER, LEAF_RATE, ' ', "", "", 0},
    {NULL, LEAF_ENCODER, LEAF_FLAG, ' ', "", "", 0},
    {NULL, LEAF_ENCODER, LEAF_RATE, ' ', "", "", 0},
    {NULL, LEAF_ENCODER, LEAF_FLAG, ' ', "", "", 0},
    {NULL, LEAF_ENCODER, LEAF_RATE, ' ', "", "", 0},
    {NULL, LEAF_ENCODER, LEAF_FLAG, ' ', "", "", 0},

    {"decoder_layers.{}.W1.weight", LEAF_DECODER, LEAF_MATRIX, ' ', "M", "VESV", DECODER(own)},
    {"decoder_layers.{}.W1.bias", LEAF_DECODER, LEAF_BIAS, ' ', "M", "", DECODER(own)},
    {"decoder_layers.{}.W2.weight", LEAF_DECODER, LEAF_MATRIX, '2', "N", "M", DECODER(message2)},
    {"decoder_layers.{}.W2.bias", LEAF_DECODER, LEAF_BIAS, '2', "N", "", DECODER(message2)},
    {"decoder_layers.{}.W3.weight", LEAF_DECODER, LEAF_MATRIX, ' ', "V", "N", DECODER(message3)},
    {"decoder_layers.{}.W3.bias", LEAF_DECODER, LEAF_BIAS, ' ', "V", "", DECODER(message3)},
    {"decoder_layers.{}.norm1.weight", LEAF_DECODER, LEAF_GAIN, ' ', "V", "", DECODER(norm1)},
    {"decoder_layers.{}.norm1.bias", LEAF_DECODER, LEAF_SHIFT, ' ', "V", "", DECODER(norm1)},
    {"decoder_layers.{}.dense.W_in.weight", LEAF_DECODER, LEAF_MATRIX, 'f', "F", "V", DECODER(dense_in)},
    {"decoder_layers.{}.dense.W_in.bias", LEAF_DECODER, LEAF_BIAS, 'f', "F", "", DECODER(dense_in)},
    {"decoder_layers.{}.dense.W_out.weight", LEAF_DECODER, LEAF_MATRIX, 'f', "V", "F", DECODER(dense_out)},
    {"decoder_layers.{}.dense.W_out.bias", LEAF_DECODER, LEAF_BIAS, 'f', "V", "", DECODER(dense_out)},
    {"decoder_layers.{}.norm2.weight", LEAF_DECODER, LEAF_GAIN, 'f', "V", "", DECODER(norm2)},
    {"decoder_layers.{}.norm2.bias", LEAF_DECODER, LEAF_SHIFT, 'f', "V", "", DECODER(norm2)},
    {NULL, LEAF_DECODER, LEAF_RATE, ' ', "", "", 0},
    {NULL, LEAF_DECODER, LEAF_FLAG, ' ', "", "", 0},
    {NULL, LEAF_DECODER, LEAF_RATE, ' ', "", "", 0},
    {NULL, LEAF_DECODER, LEAF_FLAG, ' ', "", "", 0},

    {"W_s.weight", LEAF_OUTPUT, LEAF_MATRIX, ' ', "A", "S", MODEL(letters)},
    {"W_out.weight", LEAF_OUTPUT, LEAF_MATRIX, ' ', "A", "V", MODEL(output)},
    {"W_out.bias", LEAF_OUTPUT, LEAF_BIAS, ' ', "A", "", MODEL(output)},
};
const int32_t layout_leaf_count = sizeof layout_leaves / sizeof *layout_leaves;

const char *const layout_unused[] = {"features.node_embedding.weight", "features.norm_nodes.weight",
                                     "features.norm_nodes.bias", "W_v.weight", "W_v.bias"};
const int32_t layout_unused_count = sizeof layout_unused / sizeof *layout_unused;

int32_t layout_group_start(LeafGroup group) {
    int32_t row = 0;
    while (layout_leaves[row].group != group) row++;
    return row;
}

Size layout_size(char letter) {
    static const char letters[] = "VEGPCRSAMNUTF"; /* in the order of enum Size */
    const char *at = strchr(letters, letter);
    BASE_ASSERT(at && letter);
    return (Size)(at - letters);
}

int32_t layout_find(const char *name, int32_t length, int32_t *layer) {
    for (int32_t row = 0; row < layout_leaf_count; row++) {
        const char *pattern = layout_leaves[row].name;
        if (!pattern) continue;
        int32_t at = 0, number = 0, digits = 0;
        for (; *pattern && at <= length; pattern++) {
            if (*pattern != '{') {
                if (at == length || *pattern != name[at++]) break;
                continue;
            }
            for (; at < length && name[at] >= '0' && name[at] <= '9' && digits < 4; digits++)
                number = number * 10 + (name[at++] - '0');
            if (!digits) break;
            pattern++; /* the closing brace */
        }
        if (!*pattern && at == length && number < MPNN_MAX_LAYERS) return *layer = number, row;
    }
    for (int32_t i = 0; i < layout_unused_count; i++)
        if ((size_t)length == strlen(layout_unused[i]) && !memcmp(layout_unused[i], name, (size_t)length))
            return *layer = 0, layout_leaf_count + i;
    return -1;
}

int32_t layout_name(char *out, size_t size, int32_t row, int32_t layer) {
    int32_t unused = row - layout_leaf_count;
    const char *pattern = unused < 0 ? layout_leaves[row].name : layout_unused[unused], *brace;
    if (!pattern) return snprintf(out, size, "dropout");
    brace = strchr(pattern, '{');
    if (!brace) return snprintf(out, size, "%s", pattern);
    return snprintf(out, size, "%.*s%d%s", (int)(brace - pattern), pattern, (int)layer, brace + 2);
}

const char *layout_explain(int32_t index, int32_t rank, const int32_t *shape, int32_t ca_only) {
    static const struct {
        int32_t index, rows, columns;
        const char *what;
    } known[] = {
        {0, 128, 384,
         "this is the October 2025 layout of the Equinox port, which lacks features.norm_edges, W_e and W_s: "
         "it cannot run the network; "
         "convert the original .pt again"},
        {0, 128, 416, "this is a side-chain packer, not a sequence-design model"},
        {1, 128, 416, "this LigandMPNN file of the Equinox port lacks a bias: it cannot give LigandMPNN's numbers"},
        {5, 128, 148, "this is a LigandMPNN model, a family that this version does not run"},
        {5, 128, 384, "this is a layout of 9 November 2025, with W_e behind the decoder; convert the .pt again"},
        {73, 128, 3, "this is a membrane model, a family that this version does not run"},
        {91, 128, 3, "this membrane file of the Equinox port lacks W_v: it cannot give the model's numbers"},
        {91, 128, 5, "this model was trained with physics inputs, which are not supported"},
        {91, 128, 10, "this model was trained with physics inputs, which are not supported"},
    };
    if (ca_only)
        return index == 91 && rank == 2 && shape[1] == 3 ? "this CA-only file was written as if it held a "
                                                           "membrane model; convert the original .pt again"
                                                         : NULL;
    for (size_t i = 0; rank == 2 && i < sizeof known / sizeof *known; i++)
        if (known[i].index == index && known[i].rows == shape[0] && known[i].columns == shape[1])
            return known[i].what;
    return NULL;
}
