/* SPDX-License-Identifier: MIT */
#include "residue.h"

#include <string.h>

/* In the order of WEFT_LETTERS. */
static const char STANDARD_NAMES[WEFT_LETTER_COUNT][4] = {
    "ALA", "CYS", "ASP", "GLU", "PHE", "GLY", "HIS", "ILE", "LYS", "LEU", "MET",
    "ASN", "PRO", "GLN", "ARG", "SER", "THR", "VAL", "TRP", "TYR", "UNK",
};

typedef struct NameList {
    char letter;
    const char *names; /* separated by single blanks */
} NameList;

/* Protonation and disulphide states as AMBER, CHARMM, GROMACS and Rosetta name them: the same amino acid. */
static const NameList STATE_NAMES[] = {
    {'C', "CYX CYM CYN CYS2 CYZ"},
    {'D', "ASH ASPH ASPP"},
    {'E', "GLH GLUH GLUP"},
    {'H', "HID HIE HIP HSD HSE HSP HISA HISB HISD HISE HISH HISP HIS1 HIS2"},
    {'K', "LYN LYSH LSN"},
    {'R', "ARN ARGN"},
    {'Y', "TYM"},
};

/* Modified amino acids by parent. Source: the wwPDB Chemical Component Dictionary, the parent component
 * (_chem_comp.mon_nstd_parent_comp_id) of each name; SEC and PYL, which have letters of their own there,
 * stand under the residue they replace. Mirror images (DAL, DLE ...) are left out on purpose: their
 * backbone is not the parent's. */
static const NameList PARENT_NAMES[] = {
    {'A', "ABA AIB ORN ALN AYA NAL ALC ALV AHO DAB DPP HAC MAA TIH DDZ"},
    {'C', "CSO CSD CME OCS CAS CSS CSX CYG SCY SMC YCM SNC CSB CCS CY1 CY3 CY4 CSP C6C CSU CSR CMH CMT CZZ "
          "CSA CSZ "
          "CYQ CYD CYF R1A SCH SCS QCS OCY CSW PYX PR3 BB9 BCS BUC 143 P1L 2CO CSJ QPA CY0 SEC"},
    {'D', "PHD BFD ASA ASB ASI ASK ASL ASQ BHD DMK DOH PAS"},
    {'E', "CGU GAU GLQ GMA GME EME 5HP"},
    {'F', "MEA HPE PHI 4BF DAH FCL 23F 4PH PFF F2F PF5 SMF B2F PHM PPN BNN HOX"},
    {'G', "SAR GL3 FGL GLZ IGL LPG MGY NMC"},
    {'H', "NEP HIC MHS HSK 3AH DDE HS8 HS9 OHI HIQ"},
    {'I', "IIL ILX"},
    {'K', "MLY MLZ M3L ALY KCX LLP LYR KPI KCR LYZ SLZ MCL LET LA2 LYX LYM LYP PRK FHL TRG AZK SLL PYL"},
    {'L', "NLE MLE MK8 2ML CLE MHL MLL HLU LEF NLN NLO NLW LED"},
    {'M', "MSE MHO SME CXM FME OMT MSO MSL ESC MT2 2FM"},
    {'N', "MEN SNN AFA AHB DMH"},
    {'P', "HYP HY3 XPR FP9 4FB POM HZP PRS PR9"},
    {'Q', "PCA MEQ"},
    {'R', "AGM CIR NMM 2MR HAR MAI ACL ARO ARM HMR HRG NNH ORQ"},
    {'S', "SEP SVA SAC OAS MIR SEB MIS MH6 SDP SBL SVX SVY SVZ S1H SET OSE SUN FGP SGB HSL DHA TIS"},
    {'T', "TPO BMT DBU TH5 ALO TBM TMD"},
    {'V', "NVA MVA BUG LVN MNV TBG VAD VAF"},
    {'W', "TRQ HTR FTR TRO TRX 6CW BTR 1TQ KYN TRF TPL 4FW 4HT 0AF TTQ TRN 4IN"},
    {'Y', "PTR TYS TYI IYR PTH TYQ TPQ PAQ STY OMY NIY YOF DBY TYN TYB TYO TYT 3MY FLT PTM FTY"},
};

/* Their backbone is the mirror image of the one that models know. */
static const char MIRRORED_NAMES[] =
    "DAL DAR DAS DCY DGL DGN DHI DIL DIV DLE DLY DPN DPR DSG DSN DTH DTR DTY DVA MED";

static const char AMBIGUOUS_NAMES[] = "UNK ASX GLX XLE XAA";
static const char DNA_NAMES[] = "DA DC DG DT DU DI T DA3 DA5 DC3 DC5 DG3 DG5 DT3 DT5 ADE CYT GUA THY";
static const char RNA_NAMES[] = "A C G U I N RA RC RG RU URA PSU 5MU 5MC H2U OMC OMG 1MA 2MG 7MG M2G YYG "
                                "RA3 RA5 RC3 RC5 RG3 RG5 RU3 RU5 A3 A5 C3 C5 G3 G5 U3 U5";
static const char WATER_NAMES[] =
    "HOH WAT DOD H2O SOL SOLV TIP TIP3 TIP4 TIP5 TP3 TP4 TP5 T3P T4P T5P SPC SPCE";

/* 1 where the name is one of the blank-separated names of a list. */
static int is_listed(const char *list, const char *name, size_t length) {
    for (const char *at = list; *at;) {
        const char *blank = strchr(at, ' ');
        size_t width = blank ? (size_t)(blank - at) : strlen(at);
        if (width == length && !memcmp(at, name, length)) return 1;
        at += width + (at[width] == ' ');
    }
    return 0;
}

static int find_letter(const NameList *lists, size_t count, const char *name, size_t length, int8_t *letter) {
    for (size_t i = 0; i < count; i++)
        if (is_listed(lists[i].names, name, length)) {
            *letter = (int8_t)residue_letter(lists[i].letter);
            return 1;
        }
    return 0;
}

static int32_t canonical_letter(const char *name) {
    for (int32_t i = 0; i < WEFT_LETTER_X; i++)
        if (!strcmp(STANDARD_NAMES[i], name)) return i;
    return -1;
}

int residue_is_mirrored(const char *name) { return is_listed(MIRRORED_NAMES, name, strlen(name)); }

int residue_is_canonical(const char *name) { return canonical_letter(name) >= 0; }

ResidueKind residue_kind(const char *name, int8_t *letter) {
    size_t length = strlen(name);
    int32_t canonical = canonical_letter(name);
    *letter = canonical >= 0 ? (int8_t)canonical : WEFT_LETTER_X;
    if (canonical >= 0) return RESIDUE_STANDARD;
    if (!length) return RESIDUE_OTHER;
    if (is_listed(WATER_NAMES, name, length)) return RESIDUE_WATER;
    if (is_listed(DNA_NAMES, name, length)) return RESIDUE_DNA;
    if (is_listed(RNA_NAMES, name, length)) return RESIDUE_RNA;
    if (is_listed(AMBIGUOUS_NAMES, name, length)) return RESIDUE_AMBIGUOUS;
    if (find_letter(STATE_NAMES, sizeof STATE_NAMES / sizeof *STATE_NAMES, name, length, letter))
        return RESIDUE_STANDARD;
    if (find_letter(PARENT_NAMES, sizeof PARENT_NAMES / sizeof *PARENT_NAMES, name, length, letter))
        return RESIDUE_MODIFIED;
    return RESIDUE_OTHER;
}

const char *residue_name(int32_t letter) {
    return STANDARD_NAMES[letter >= 0 && letter < WEFT_LETTER_X ? letter : WEFT_LETTER_X];
}

int32_t residue_letter(char character) {
    char upper = character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
    const char *at = upper ? strchr(WEFT_LETTERS, upper) : NULL;
    return at ? (int32_t)(at - WEFT_LETTERS) : -1;
}
