#include "textflag.h"

// HITS writes the hit of block BX, of whose products behind R11 some are above Y15,
// or goes to next. It uses Y0 to Y5, R12 and R13.
#define HITS \
	SUBQ $128, R11; \
	VMOVDQU (R11), Y2; \
	VMOVDQU 32(R11), Y3; \
	VMOVDQU 64(R11), Y4; \
	VMOVDQU 96(R11), Y5; \
	VPCMPGTD Y15, Y2, Y2; \
	VPCMPGTD Y15, Y3, Y3; \
	VPCMPGTD Y15, Y4, Y4; \
	VPCMPGTD Y15, Y5, Y5; \
	VPOR Y3, Y2, Y0; \
	VPOR Y5, Y4, Y1; \
	VPOR Y1, Y0, Y0; \
	VPTEST Y0, Y0; \
	JZ next; \
	VMOVMSKPS Y2, R12; \
	VMOVMSKPS Y3, R13; \
	SHLQ $8, R13; \
	ORQ R13, R12; \
	VMOVMSKPS Y4, R13; \
	SHLQ $16, R13; \
	ORQ R13, R12; \
	VMOVMSKPS Y5, R13; \
	SHLQ $24, R13; \
	ORQ R13, R12; \
	MOVL BX, (R10); \
	MOVL R12, 4(R10); \
	ADDQ $8, R10; \
	ADDQ $128, R11; \
	INCQ AX

// PRODUCTS takes the arguments of a kernel that multiplies four rows at once: the
// cells and the probe, how many blocks and dimensions, what is taken off, and the cut.
#define PRODUCTS \
	MOVQ cells+0(FP), SI; \
	MOVQ probe+8(FP), DI; \
	MOVQ blocks+16(FP), CX; \
	MOVQ dims+24(FP), R8; \
	MOVL sum+32(FP), R12; \
	VMOVD R12, X14; \
	VPBROADCASTD X14, X14; \
	MOVL cut+36(FP), R12; \
	VMOVD R12, X15; \
	VPBROADCASTD X15, Y15; \
	MOVQ hits+40(FP), R10; \
	MOVQ out+48(FP), R11; \
	XORQ AX, AX; \
	XORQ BX, BX; \
	LEAQ (R8)(R8*2), R9

// FOUR adds up and writes the products of four rows, and goes on with the next.
#define FOUR \
	VPHADDD Y1, Y0, Y0; \
	VPHADDD Y3, Y2, Y2; \
	VPHADDD Y2, Y0, Y0; \
	VEXTRACTI128 $1, Y0, X1; \
	VPADDD X1, X0, X0; \
	VPSUBD X14, X0, X0; \
	VMOVDQU X0, (R11); \
	ADDQ $16, R11; \
	ADDQ R9, SI; \
	DECQ R12; \
	JNZ rows

// LOOP goes on with the next block, or answers how many hits there are.
#define LOOP \
	INCQ BX; \
	CMPQ BX, CX; \
	JB block; \
	VZEROUPPER; \
	MOVQ AX, ret+56(FP); \
	RET

// func estimateAVX2(codes, factors, table *byte, blocks, pairs uint64, limits *float32, hits *hit, est *float32) uint64
//
// limits is delta, bias, cut. Y0, Y1: sums of the even and of the odd rows, the
// former with 256 times the latter until the end.
TEXT ·estimateAVX2(SB), NOSPLIT, $0-72
	MOVQ codes+0(FP), SI
	MOVQ factors+8(FP), DX
	MOVQ table+16(FP), DI
	MOVQ blocks+24(FP), CX
	MOVQ pairs+32(FP), R8
	MOVQ limits+40(FP), R9
	MOVQ hits+48(FP), R10
	MOVQ est+56(FP), R11
	XORQ AX, AX
	XORQ BX, BX
	VBROADCASTSS (R9), Y13
	VBROADCASTSS 4(R9), Y14
	VBROADCASTSS 8(R9), Y15
	VPCMPEQB Y12, Y12, Y12
	VPSRLW $12, Y12, Y12
	VPSLLW $8, Y12, Y10
	VPOR Y10, Y12, Y12           // 0x0f in each byte

block:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	MOVQ DI, R12
	MOVQ R8, R13

pair:
	VMOVDQU (SI), Y2
	VMOVDQU 32(SI), Y3
	PREFETCHT0 4096(SI)
	VBROADCASTI128 (R12), Y4
	VBROADCASTI128 16(R12), Y5
	VBROADCASTI128 32(R12), Y6
	VBROADCASTI128 48(R12), Y7
	VPSRLW $4, Y2, Y8
	VPSRLW $4, Y3, Y9
	VPAND Y12, Y2, Y2
	VPAND Y12, Y3, Y3
	VPAND Y12, Y8, Y8
	VPAND Y12, Y9, Y9
	VPSHUFB Y2, Y4, Y2
	VPSHUFB Y8, Y5, Y8
	VPSHUFB Y3, Y6, Y3
	VPSHUFB Y9, Y7, Y9
	VPADDB Y8, Y2, Y2
	VPADDB Y9, Y3, Y3
	VPADDB Y3, Y2, Y2
	VPADDW Y2, Y0, Y0
	VPSRLW $8, Y2, Y2
	VPADDW Y2, Y1, Y1
	ADDQ $64, SI
	ADDQ $64, R12
	SUBQ $2, R13
	JNZ pair

	VPSLLW $8, Y1, Y2
	VPSUBW Y2, Y0, Y0

	// Rows in order: 0-7 and 16-23, 8-15 and 24-31.
	VPUNPCKLWD Y1, Y0, Y2
	VPUNPCKHWD Y1, Y0, Y3
	VEXTRACTI128 $1, Y2, X4
	VEXTRACTI128 $1, Y3, X5
	VPMOVZXWD X2, Y2
	VPMOVZXWD X3, Y3
	VPMOVZXWD X4, Y4
	VPMOVZXWD X5, Y5
	VCVTDQ2PS Y2, Y2
	VCVTDQ2PS Y3, Y3
	VCVTDQ2PS Y4, Y4
	VCVTDQ2PS Y5, Y5
	VMULPS Y13, Y2, Y2
	VMULPS Y13, Y3, Y3
	VMULPS Y13, Y4, Y4
	VMULPS Y13, Y5, Y5
	VADDPS Y14, Y2, Y2
	VADDPS Y14, Y3, Y3
	VADDPS Y14, Y4, Y4
	VADDPS Y14, Y5, Y5
	VMULPS (DX), Y2, Y2
	VMULPS 32(DX), Y3, Y3
	VMULPS 64(DX), Y4, Y4
	VMULPS 96(DX), Y5, Y5
	ADDQ $128, DX
	VCMPPS $0x1e, Y15, Y2, Y6    // greater than, quiet
	VCMPPS $0x1e, Y15, Y3, Y7
	VCMPPS $0x1e, Y15, Y4, Y8
	VCMPPS $0x1e, Y15, Y5, Y9
	VORPS Y7, Y6, Y0
	VORPS Y9, Y8, Y1
	VORPS Y1, Y0, Y0
	VPTEST Y0, Y0
	JZ next

	VMOVMSKPS Y6, R12
	VMOVMSKPS Y7, R13
	VMOVMSKPS Y8, R9
	SHLQ $8, R13
	ORQ R13, R12
	SHLQ $16, R9
	ORQ R9, R12
	VMOVMSKPS Y9, R13
	SHLQ $24, R13
	ORQ R13, R12
	MOVL BX, (R10)
	MOVL R12, 4(R10)
	ADDQ $8, R10
	VMOVUPS Y2, (R11)
	VMOVUPS Y3, 32(R11)
	VMOVUPS Y4, 64(R11)
	VMOVUPS Y5, 96(R11)
	ADDQ $128, R11
	INCQ AX

next:
	INCQ BX
	CMPQ BX, CX
	JB block
	VZEROUPPER
	MOVQ AX, ret+64(FP)
	RET

// func dotsAVX2(cells *byte, probe *int8, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64
//
// Four rows at once. Cells are 128 too large: sum, which is 128 times the probe's,
// is taken off. Two products fit into a word, because quantise sees to it.
TEXT ·dotsAVX2(SB), NOSPLIT, $0-64
	PRODUCTS
	VPCMPEQW Y9, Y9, Y9
	VPSRLW $15, Y9, Y9           // 1 in each word
	LEAQ 4096(SI), DX            // what is fetched ahead

block:
	MOVQ $8, R12

rows:
	VPXOR X0, X0, X0
	VPXOR X1, X1, X1
	VPXOR X2, X2, X2
	VPXOR X3, X3, X3
	XORQ R13, R13

column:
	VMOVDQU (DI)(R13*1), Y8
	VMOVDQU (SI), Y4
	VMOVDQU (SI)(R8*1), Y5
	VMOVDQU (SI)(R8*2), Y6
	VMOVDQU (SI)(R9*1), Y7
	PREFETCHT0 (DX)
	PREFETCHT0 64(DX)
	VPMADDUBSW Y8, Y4, Y4
	VPMADDUBSW Y8, Y5, Y5
	VPMADDUBSW Y8, Y6, Y6
	VPMADDUBSW Y8, Y7, Y7
	VPMADDWD Y9, Y4, Y4
	VPMADDWD Y9, Y5, Y5
	VPMADDWD Y9, Y6, Y6
	VPMADDWD Y9, Y7, Y7
	VPADDD Y4, Y0, Y0
	VPADDD Y5, Y1, Y1
	VPADDD Y6, Y2, Y2
	VPADDD Y7, Y3, Y3
	ADDQ $32, SI
	ADDQ $128, DX
	ADDQ $32, R13
	CMPQ R13, R8
	JB column

	FOUR

	HITS

next:
	LOOP

// func dotsVNNI(cells, probe *byte, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64
//
// Four rows at once; VPDPBUSD multiplies unsigned cells by the signed probe.
TEXT ·dotsVNNI(SB), NOSPLIT, $0-64
	PRODUCTS

block:
	MOVQ $8, R12

rows:
	VPXOR X0, X0, X0
	VPXOR X1, X1, X1
	VPXOR X2, X2, X2
	VPXOR X3, X3, X3
	XORQ R13, R13

column:
	VMOVDQU (DI)(R13*1), Y8
	VMOVDQU (SI), Y4
	VMOVDQU (SI)(R8*1), Y5
	VMOVDQU (SI)(R8*2), Y6
	VMOVDQU (SI)(R9*1), Y7
	PREFETCHT0 4096(SI)
	PREFETCHT0 4096(SI)(R8*2)
	VPDPBUSD Y8, Y4, Y0
	VPDPBUSD Y8, Y5, Y1
	VPDPBUSD Y8, Y6, Y2
	VPDPBUSD Y8, Y7, Y3
	ADDQ $32, SI
	ADDQ $32, R13
	CMPQ R13, R8
	JB column

	FOUR

	HITS

next:
	LOOP

// func dotsVNNI512(cells, probe *byte, blocks, dims uint64, sum, cut int32, hits *hit, out *int32) uint64
//
// The same for whole cache lines: dims is a multiple of 64.
TEXT ·dotsVNNI512(SB), NOSPLIT, $0-64
	PRODUCTS

block:
	MOVQ $8, R12

rows:
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	XORQ R13, R13

column:
	VMOVDQU64 (DI)(R13*1), Z8
	VMOVDQU64 (SI), Z4
	VMOVDQU64 (SI)(R8*1), Z5
	VMOVDQU64 (SI)(R8*2), Z6
	VMOVDQU64 (SI)(R9*1), Z7
	PREFETCHT0 4096(SI)
	PREFETCHT0 4096(SI)(R8*1)
	PREFETCHT0 4096(SI)(R8*2)
	PREFETCHT0 4096(SI)(R9*1)
	VPDPBUSD Z8, Z4, Z0
	VPDPBUSD Z8, Z5, Z1
	VPDPBUSD Z8, Z6, Z2
	VPDPBUSD Z8, Z7, Z3
	ADDQ $64, SI
	ADDQ $64, R13
	CMPQ R13, R8
	JB column

	VEXTRACTI64X4 $1, Z0, Y4
	VEXTRACTI64X4 $1, Z1, Y5
	VEXTRACTI64X4 $1, Z2, Y6
	VEXTRACTI64X4 $1, Z3, Y7
	VPADDD Y4, Y0, Y0
	VPADDD Y5, Y1, Y1
	VPADDD Y6, Y2, Y2
	VPADDD Y7, Y3, Y3
	FOUR

	HITS

next:
	LOOP

// func dotsAtAVX2(cells **byte, probe *int8, n, dims uint64, sum int32, out *int32)
//
// The array of pointers has eight more at its end than are used, to fetch from.
TEXT ·dotsAtAVX2(SB), NOSPLIT, $0-48
	MOVQ cells+0(FP), BX
	MOVQ probe+8(FP), DI
	MOVQ n+16(FP), CX
	MOVQ dims+24(FP), R8
	MOVL sum+32(FP), R9
	MOVQ out+40(FP), R11
	VPCMPEQW Y9, Y9, Y9
	VPSRLW $15, Y9, Y9           // 1 in each word

row:
	MOVQ 64(BX), R12
	PREFETCHT0 (R12)
	PREFETCHT0 64(R12)
	PREFETCHT0 128(R12)
	PREFETCHT0 192(R12)
	MOVQ (BX), SI
	ADDQ $8, BX
	VPXOR X0, X0, X0
	XORQ R13, R13

column:
	VMOVDQU (DI)(R13*1), Y1
	VMOVDQU (SI)(R13*1), Y2
	VPMADDUBSW Y1, Y2, Y2
	VPMADDWD Y9, Y2, Y2
	VPADDD Y2, Y0, Y0
	ADDQ $32, R13
	CMPQ R13, R8
	JB column

	VEXTRACTI128 $1, Y0, X1
	VPADDD X1, X0, X0
	VPSHUFD $0x4e, X0, X1
	VPADDD X1, X0, X0
	VPSHUFD $0xb1, X0, X1
	VPADDD X1, X0, X0
	VMOVD X0, DX
	SUBL R9, DX
	MOVL DX, (R11)
	ADDQ $4, R11
	DECQ CX
	JNZ row
	VZEROUPPER
	RET

// func fetchAVX2(b *byte, n uint64)
TEXT ·fetchAVX2(SB), NOSPLIT, $0-16
	MOVQ b+0(FP), SI
	MOVQ n+8(FP), CX
	LEAQ -1(SI)(CX*1), DI
	PREFETCHT0 (DI)

line:
	PREFETCHT0 (SI)
	ADDQ $64, SI
	CMPQ SI, DI
	JB line
	RET

// func cosineAVX2(row *byte, turned *float32, n uint64) float64
//
// Four sums, one of every fourth component, without fused operations.
TEXT ·cosineAVX2(SB), NOSPLIT, $0-32
	MOVQ row+0(FP), SI
	MOVQ turned+8(FP), DI
	MOVQ n+16(FP), CX
	VXORPD Y0, Y0, Y0

four:
	VCVTPS2PD (SI), Y1
	VCVTPS2PD (DI), Y2
	VMULPD Y2, Y1, Y1
	VADDPD Y1, Y0, Y0
	ADDQ $16, SI
	ADDQ $16, DI
	SUBQ $4, CX
	JNZ four

	// (0+1) + (2+3)
	VEXTRACTF128 $1, Y0, X1
	VHADDPD X0, X0, X0
	VHADDPD X1, X1, X1
	VADDSD X1, X0, X0
	VMOVSD X0, ret+24(FP)
	VZEROUPPER
	RET

// func pickAVX2(to, from *float32, order *uint16, flips *uint32, n uint64)
//
// Loads one by one are as fast as a gather, and faster where it was slowed down
// for safety.
TEXT ·pickAVX2(SB), NOSPLIT, $0-40
	MOVQ to+0(FP), DI
	MOVQ from+8(FP), SI
	MOVQ order+16(FP), R8
	MOVQ flips+24(FP), R9
	MOVQ n+32(FP), CX

four:
	MOVWLZX (R8), AX
	MOVWLZX 2(R8), BX
	MOVWLZX 4(R8), R10
	MOVWLZX 6(R8), R11
	MOVL (SI)(AX*4), AX
	MOVL (SI)(BX*4), BX
	MOVL (SI)(R10*4), R10
	MOVL (SI)(R11*4), R11
	XORL (R9), AX
	XORL 4(R9), BX
	XORL 8(R9), R10
	XORL 12(R9), R11
	MOVL AX, (DI)
	MOVL BX, 4(DI)
	MOVL R10, 8(DI)
	MOVL R11, 12(DI)
	ADDQ $8, R8
	ADDQ $16, R9
	ADDQ $16, DI
	SUBQ $4, CX
	JNZ four
	RET

// func mixAVX2(v *float32, n uint64)
//
// The first three steps are within eight components: x0+x1 and x0-x1 is the
// vector with its odd signs turned, plus itself with neighbours exchanged.
TEXT ·mixAVX2(SB), NOSPLIT, $0-16
	MOVQ v+0(FP), SI
	MOVQ n+8(FP), CX
	SHLQ $2, CX
	LEAQ (SI)(CX*1), DI
	VPCMPEQD Y15, Y15, Y15
	VPSLLQ $63, Y15, Y13         // signs of the odd components
	VPSLLD $31, Y15, Y15
	VPSLLDQ $8, Y15, Y14         // of the upper two of four
	VPXOR Y12, Y12, Y12
	VINSERTI128 $1, X15, Y12, Y15 // of the upper four of eight
	MOVQ SI, R8

eight:
	VMOVUPS (R8), Y0
	VPERMILPS $0xb1, Y0, Y1
	VXORPS Y13, Y0, Y0
	VADDPS Y1, Y0, Y0
	VPERMILPS $0x4e, Y0, Y1
	VXORPS Y14, Y0, Y0
	VADDPS Y1, Y0, Y0
	VPERM2F128 $0x01, Y0, Y0, Y1
	VXORPS Y15, Y0, Y0
	VADDPS Y1, Y0, Y0
	VMOVUPS Y0, (R8)
	ADDQ $32, R8
	CMPQ R8, DI
	JB eight

	MOVQ $32, R9                 // bytes of half a butterfly

step:
	CMPQ R9, CX
	JAE done
	MOVQ SI, R8

butterfly:
	LEAQ (R8)(R9*1), R10
	MOVQ R10, R11

wing:
	VMOVUPS (R8), Y0
	VMOVUPS (R10), Y1
	VADDPS Y1, Y0, Y2
	VSUBPS Y1, Y0, Y3
	VMOVUPS Y2, (R8)
	VMOVUPS Y3, (R10)
	ADDQ $32, R8
	ADDQ $32, R10
	CMPQ R8, R11
	JB wing
	MOVQ R10, R8
	CMPQ R8, DI
	JB butterfly
	SHLQ $1, R9
	JMP step

done:
	VZEROUPPER
	RET

// func codeAVX2(x *float32, n uint64, per, width float32, codes, cells, vector *byte) (sum, off float32)
TEXT ·codeAVX2(SB), NOSPLIT, $0-56
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS per+16(FP), Y8
	VBROADCASTSS width+20(FP), Y9
	MOVQ codes+24(FP), DI
	MOVQ cells+32(FP), R8
	MOVQ vector+40(FP), R9
	VPXOR Y0, Y0, Y0             // sums of |x|
	VPXOR Y1, Y1, Y1             // squares of what is lost
	VPCMPEQD Y15, Y15, Y15
	VPSRLD $1, Y15, Y10          // all but the sign
	VPSRLD $31, Y15, Y11         // 1
	VPSRLD $24, Y15, Y12         // 255
	VPSLLD $7, Y11, Y13          // 128
	MOVL $0x43008000, AX         // 128.5
	VMOVD AX, X14
	VPBROADCASTD X14, Y14

eight:
	VMOVUPS (SI), Y2
	VMOVUPS Y2, (R9)
	VMOVMSKPS Y2, AX
	NOTL AX
	MOVB AX, (DI)
	VANDPS Y10, Y2, Y3
	VADDPS Y3, Y0, Y0
	VMULPS Y8, Y2, Y3
	VADDPS Y14, Y3, Y3
	VCVTTPS2DQ Y3, Y3
	VPMINSD Y12, Y3, Y3
	VPMAXSD Y11, Y3, Y3
	VPSUBD Y13, Y3, Y4
	VCVTDQ2PS Y4, Y4
	VMULPS Y9, Y4, Y4
	VSUBPS Y4, Y2, Y4
	VMULPS Y4, Y4, Y4
	VADDPS Y4, Y1, Y1
	VEXTRACTI128 $1, Y3, X5
	VPACKUSDW X5, X3, X3
	VPACKUSWB X3, X3, X3
	VMOVQ X3, (R8)
	ADDQ $32, SI
	ADDQ $32, R9
	ADDQ $32, DI
	ADDQ $8, R8
	SUBQ $8, CX
	JNZ eight

	// ((0+4)+(2+6)) + ((1+5)+(3+7))
	VEXTRACTF128 $1, Y0, X2
	VADDPS X2, X0, X0
	VPSHUFD $0x4e, X0, X2
	VADDPS X2, X0, X0
	VPSHUFD $0xb1, X0, X2
	VADDSS X2, X0, X0
	VMOVSS X0, sum+48(FP)
	VEXTRACTF128 $1, Y1, X2
	VADDPS X2, X1, X1
	VPSHUFD $0x4e, X1, X2
	VADDPS X2, X1, X1
	VPSHUFD $0xb1, X1, X2
	VADDSS X2, X1, X1
	VMOVSS X1, off+52(FP)
	VZEROUPPER
	RET
