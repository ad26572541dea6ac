#include "textflag.h"

// What Go's assembler does not know, of Arm's A64 instruction set, for four
// lanes of 32 bits. Operands as Go writes them: sources, then destination.
#define UCVTF4(n, d) WORD $(0x6E21D800 | (n)<<5 | (d))
#define FMUL4(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
#define FADD4(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))
#define FCMGT4(m, n, d) WORD $(0x6EA0E400 | (m)<<16 | (n)<<5 | (d)) // n > m
#define CMGT4(m, n, d) WORD $(0x4EA03400 | (m)<<16 | (n)<<5 | (d)) // n > m
// Signed bytes to words of 16 bits: the product of the lower half, the upper
// half's added to it, and pairs of words added to words of 32 bits.
#define SMULL8(m, n, d) WORD $(0x0E20C000 | (m)<<16 | (n)<<5 | (d))
#define SMLAL2(m, n, d) WORD $(0x4E208000 | (m)<<16 | (n)<<5 | (d))
#define SADALP4(n, d) WORD $(0x4E606800 | (n)<<5 | (d))

// One bit for each of 32 rows.
DATA rowbits<>+0(SB)/8, $0x0000000200000001
DATA rowbits<>+8(SB)/8, $0x0000000800000004
DATA rowbits<>+16(SB)/8, $0x0000002000000010
DATA rowbits<>+24(SB)/8, $0x0000008000000040
DATA rowbits<>+32(SB)/8, $0x0000020000000100
DATA rowbits<>+40(SB)/8, $0x0000080000000400
DATA rowbits<>+48(SB)/8, $0x0000200000001000
DATA rowbits<>+56(SB)/8, $0x0000800000004000
DATA rowbits<>+64(SB)/8, $0x0002000000010000
DATA rowbits<>+72(SB)/8, $0x0008000000040000
DATA rowbits<>+80(SB)/8, $0x0020000000100000
DATA rowbits<>+88(SB)/8, $0x0080000000400000
DATA rowbits<>+96(SB)/8, $0x0200000001000000
DATA rowbits<>+104(SB)/8, $0x0800000004000000
DATA rowbits<>+112(SB)/8, $0x2000000010000000
DATA rowbits<>+120(SB)/8, $0x8000000040000000
GLOBL rowbits<>(SB), RODATA|NOPTR, $128

// MASK makes R8 the rows whose lanes are set in V0 to V7.
#define MASK \
	MOVD $rowbits<>(SB), R13; \
	VLD1.P 64(R13), [V8.B16, V9.B16, V10.B16, V11.B16]; \
	VLD1 (R13), [V12.B16, V13.B16, V14.B16, V15.B16]; \
	VAND V8.B16, V0.B16, V0.B16; \
	VAND V9.B16, V1.B16, V1.B16; \
	VAND V10.B16, V2.B16, V2.B16; \
	VAND V11.B16, V3.B16, V3.B16; \
	VAND V12.B16, V4.B16, V4.B16; \
	VAND V13.B16, V5.B16, V5.B16; \
	VAND V14.B16, V6.B16, V6.B16; \
	VAND V15.B16, V7.B16, V7.B16; \
	VORR V1.B16, V0.B16, V0.B16; \
	VORR V3.B16, V2.B16, V2.B16; \
	VORR V5.B16, V4.B16, V4.B16; \
	VORR V7.B16, V6.B16, V6.B16; \
	VORR V2.B16, V0.B16, V0.B16; \
	VORR V6.B16, V4.B16, V4.B16; \
	VORR V4.B16, V0.B16, V0.B16; \
	VADDV V0.S4, V0; \
	VMOV V0.S[0], R8

// func estimateNEON(codes, factors, table *byte, blocks, pairs uint64, limits *float32, hits *hit, est *float32) uint64
//
// limits is delta, bias, cut. V16 to V19 are the sums of eight rows each.
TEXT ·estimateNEON(SB), NOSPLIT, $0-72
	MOVD codes+0(FP), R0
	MOVD factors+8(FP), R1
	MOVD table+16(FP), R2
	MOVD blocks+24(FP), R3
	MOVD pairs+32(FP), R4
	MOVD limits+40(FP), R5
	MOVD hits+48(FP), R6
	MOVD est+56(FP), R7
	MOVWU 0(R5), R8
	VDUP R8, V28.S4
	MOVWU 4(R5), R8
	VDUP R8, V29.S4
	MOVWU 8(R5), R8
	VDUP R8, V30.S4
	MOVD $15, R8
	VDUP R8, V31.B16
	MOVD $0, R9
	MOVD $0, R10

block:
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	MOVD R2, R11
	MOVD R4, R12

pair:
	VLD1.P 64(R0), [V0.B16, V1.B16, V2.B16, V3.B16]
	VLD1.P 64(R11), [V4.B16, V5.B16, V6.B16, V7.B16]
	VUSHR $4, V0.B16, V8.B16
	VUSHR $4, V1.B16, V9.B16
	VUSHR $4, V2.B16, V10.B16
	VUSHR $4, V3.B16, V11.B16
	VAND V31.B16, V0.B16, V0.B16
	VAND V31.B16, V1.B16, V1.B16
	VAND V31.B16, V2.B16, V2.B16
	VAND V31.B16, V3.B16, V3.B16
	VTBL V0.B16, [V4.B16], V0.B16
	VTBL V1.B16, [V4.B16], V1.B16
	VTBL V8.B16, [V5.B16], V8.B16
	VTBL V9.B16, [V5.B16], V9.B16
	VTBL V2.B16, [V6.B16], V2.B16
	VTBL V3.B16, [V6.B16], V3.B16
	VTBL V10.B16, [V7.B16], V10.B16
	VTBL V11.B16, [V7.B16], V11.B16
	VADD V8.B16, V0.B16, V0.B16
	VADD V9.B16, V1.B16, V1.B16
	VADD V10.B16, V2.B16, V2.B16
	VADD V11.B16, V3.B16, V3.B16
	VADD V2.B16, V0.B16, V0.B16
	VADD V3.B16, V1.B16, V1.B16
	VUADDW V0.B8, V16.H8, V16.H8
	VUADDW2 V0.B16, V17.H8, V17.H8
	VUADDW V1.B8, V18.H8, V18.H8
	VUADDW2 V1.B16, V19.H8, V19.H8
	SUBS $2, R12, R12
	BNE pair

	VUXTL V16.H4, V20.S4
	VUXTL2 V16.H8, V21.S4
	VUXTL V17.H4, V22.S4
	VUXTL2 V17.H8, V23.S4
	VUXTL V18.H4, V24.S4
	VUXTL2 V18.H8, V25.S4
	VUXTL V19.H4, V26.S4
	VUXTL2 V19.H8, V27.S4
	UCVTF4(20, 20)
	UCVTF4(21, 21)
	UCVTF4(22, 22)
	UCVTF4(23, 23)
	UCVTF4(24, 24)
	UCVTF4(25, 25)
	UCVTF4(26, 26)
	UCVTF4(27, 27)
	FMUL4(28, 20, 20)
	FMUL4(28, 21, 21)
	FMUL4(28, 22, 22)
	FMUL4(28, 23, 23)
	FMUL4(28, 24, 24)
	FMUL4(28, 25, 25)
	FMUL4(28, 26, 26)
	FMUL4(28, 27, 27)
	FADD4(29, 20, 20)
	FADD4(29, 21, 21)
	FADD4(29, 22, 22)
	FADD4(29, 23, 23)
	FADD4(29, 24, 24)
	FADD4(29, 25, 25)
	FADD4(29, 26, 26)
	FADD4(29, 27, 27)
	VLD1.P 64(R1), [V0.B16, V1.B16, V2.B16, V3.B16]
	VLD1.P 64(R1), [V4.B16, V5.B16, V6.B16, V7.B16]
	FMUL4(0, 20, 20)
	FMUL4(1, 21, 21)
	FMUL4(2, 22, 22)
	FMUL4(3, 23, 23)
	FMUL4(4, 24, 24)
	FMUL4(5, 25, 25)
	FMUL4(6, 26, 26)
	FMUL4(7, 27, 27)
	FCMGT4(30, 20, 0)
	FCMGT4(30, 21, 1)
	FCMGT4(30, 22, 2)
	FCMGT4(30, 23, 3)
	FCMGT4(30, 24, 4)
	FCMGT4(30, 25, 5)
	FCMGT4(30, 26, 6)
	FCMGT4(30, 27, 7)
	MASK
	CBZW R8, next

	MOVW R10, (R6)
	MOVW R8, 4(R6)
	ADD $8, R6
	VST1.P [V20.S4, V21.S4, V22.S4, V23.S4], 64(R7)
	VST1.P [V24.S4, V25.S4, V26.S4, V27.S4], 64(R7)
	ADD $1, R9

next:
	ADD $1, R10
	CMP R3, R10
	BLO block
	MOVD R9, ret+64(FP)
	RET

// PRODUCT adds the products of 32 cells at R0 and of the probe at R11 to V16.
#define PRODUCT \
	VLD1.P 32(R0), [V0.B16, V1.B16]; \
	VLD1.P 32(R11), [V2.B16, V3.B16]; \
	VEOR V31.B16, V0.B16, V0.B16; \
	VEOR V31.B16, V1.B16, V1.B16; \
	SMULL8(2, 0, 4); \
	SMULL8(3, 1, 5); \
	SMLAL2(2, 0, 4); \
	SMLAL2(3, 1, 5); \
	SADALP4(4, 16); \
	SADALP4(5, 16)

// func dotsNEON(cells *byte, probe *int8, blocks, dims uint64, cut int32, hits *hit, out *int32) uint64
//
// Turning the highest bit of a cell takes the 128 off again.
TEXT ·dotsNEON(SB), NOSPLIT, $0-64
	MOVD cells+0(FP), R0
	MOVD probe+8(FP), R2
	MOVD blocks+16(FP), R3
	MOVD dims+24(FP), R4
	MOVW cut+32(FP), R8
	VDUP R8, V30.S4
	MOVD hits+40(FP), R6
	MOVD out+48(FP), R7
	MOVD $128, R8
	VDUP R8, V31.B16
	MOVD $0, R9
	MOVD $0, R10

block:
	MOVD $32, R14

row:
	VEOR V16.B16, V16.B16, V16.B16
	MOVD R2, R11
	MOVD R4, R12

column:
	PRODUCT
	SUBS $32, R12, R12
	BNE column
	VADDV V16.S4, V16
	VMOV V16.S[0], R8
	MOVW.P R8, 4(R7)
	SUBS $1, R14, R14
	BNE row

	SUB $128, R7
	MOVD R7, R13
	VLD1.P 64(R13), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1 (R13), [V4.S4, V5.S4, V6.S4, V7.S4]
	CMGT4(30, 0, 0)
	CMGT4(30, 1, 1)
	CMGT4(30, 2, 2)
	CMGT4(30, 3, 3)
	CMGT4(30, 4, 4)
	CMGT4(30, 5, 5)
	CMGT4(30, 6, 6)
	CMGT4(30, 7, 7)
	MASK
	CBZW R8, next
	MOVW R10, (R6)
	MOVW R8, 4(R6)
	ADD $8, R6
	ADD $128, R7
	ADD $1, R9

next:
	ADD $1, R10
	CMP R3, R10
	BLO block
	MOVD R9, ret+56(FP)
	RET

// func dotsAtNEON(cells **byte, probe *int8, n, dims uint64, out *int32)
TEXT ·dotsAtNEON(SB), NOSPLIT, $0-40
	MOVD cells+0(FP), R1
	MOVD probe+8(FP), R2
	MOVD n+16(FP), R3
	MOVD dims+24(FP), R4
	MOVD out+32(FP), R7
	MOVD $128, R8
	VDUP R8, V31.B16

row:
	MOVD 64(R1), R8
	PRFM (R8), PLDL1KEEP
	PRFM 64(R8), PLDL1KEEP
	MOVD.P 8(R1), R0
	VEOR V16.B16, V16.B16, V16.B16
	MOVD R2, R11
	MOVD R4, R12

column:
	PRODUCT
	SUBS $32, R12, R12
	BNE column
	VADDV V16.S4, V16
	VMOV V16.S[0], R8
	MOVW.P R8, 4(R7)
	SUBS $1, R3, R3
	BNE row
	RET
