package picture

import "encoding/binary"

// exifOrientation is the tag that says how the camera was held.
const exifOrientation = 0x0112

// orientation reads the one tag that matters from an EXIF block (a TIFF
// header and directory, Exif 2.32 section 4.5). It trusts no length: whatever
// does not fit is as if no tag was there, 1.
func orientation(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case len(tiff) < 8:
		return 1
	case string(tiff[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(tiff[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	count := uint64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		e := tiff[entry : entry+12]
		if order.Uint16(e) != exifOrientation {
			continue
		}
		const short = 3
		value := order.Uint16(e[8:])
		if order.Uint16(e[2:]) != short || order.Uint32(e[4:]) != 1 || value < 1 || value > 8 {
			return 1
		}
		return int(value)
	}
	return 1
}
